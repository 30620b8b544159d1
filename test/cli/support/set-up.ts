import { IsOptional, IsString, MaxLength } from 'class-validator';
import express from 'express';
import { Authorized, Get, JsonController, Post, useContainer, useExpressServer } from 'routing-controllers';
import {
  AuthenticationBackend,
  BaseUser,
  BcryptHasher,
  CookieTransport,
  DatabaseStrategy,
  OnAfterForgotPassword,
  OnAfterRequestEmailChange,
  OnAfterRequestVerify,
  OnInvite,
  OnSecurityEvent,
  Public,
  type SecurityEvent,
  setupUsers,
  UserCreate,
  UsersController,
  usersEntities,
} from 'routing-controllers-users';
import { Container, Service } from 'typedi';
import { Column, DataSource, Entity } from 'typeorm';
import { AppSettings } from './app-settings.js';

/*
 * The set-up module of an app, as `rcu -s` takes it. The built command line loads it, so it uses the built library, as an app does. It gives a
 * function, so that one process can run several commands.
 */

@Entity('people')
class User extends BaseUser {
  @Column({ type: 'varchar', length: 50, default: '' })
  firstName!: string;

  /** What no body may set. */
  @Column({ type: 'varchar', length: 20, default: 'reader' })
  role!: string;

  @Column({ type: 'int', default: 0 })
  points!: number;

  @Column({ type: 'date', nullable: true })
  birthday!: string | null;
}

class Registration extends UserCreate {
  @IsOptional()
  @IsString()
  @MaxLength(50)
  firstName?: string;
}

/** Tells on stderr, where the tests look for it. */
@Service()
class AccountMails {
  @OnAfterForgotPassword()
  @OnAfterRequestVerify()
  @OnAfterRequestEmailChange()
  mail(): void {}

  @OnInvite()
  invite(user: User, token: string): void {
    console.log(`invited ${user.email}, ${token.length > 20 ? 'with a token' : 'without a token'}`);
  }

  @OnSecurityEvent()
  record({ kind, ip }: SecurityEvent): void {
    console.log(`event ${kind}, ${ip === null ? 'from no request' : 'from a request'}`);
  }
}

@Service()
@JsonController('/notes')
class NotesController {
  @Get()
  @Authorized()
  list(): object {
    return {};
  }

  @Post()
  @Authorized(['superuser', 'fresh'])
  add(): object {
    return {};
  }

  @Get('/prices')
  @Public()
  prices(): object {
    return {};
  }
}

/** What somebody forgot to guard. */
@Service()
@JsonController('/reports')
class ReportsController {
  @Get('/all')
  all(): object {
    return {};
  }
}

const entities = usersEntities(User);

async function setUp() {
  const settings = AppSettings.fromEnvironment();
  const dataSource = await new DataSource({
    ...settings.database,
    entities,
    synchronize: settings.synchronize ?? false,
    dropSchema: settings.dropSchema ?? false,
    logging: settings.logging ?? false,
    migrations: settings.migration ? [AddSomething1795500000000] : [],
  }).initialize();
  useContainer(Container);
  const users = setupUsers<User>({
    dataSource,
    user: User,
    secret: settings.secret ?? 'a secret of the tests, which has more than 32 bytes',
    dtos: { create: Registration },
    hooks: settings.hooks === false ? [] : [AccountMails],
    ...(process.env.NODE_ENV === 'production'
      ? {}
      : { hashers: [new BcryptHasher({ cost: 4, dangerouslyAllowWeakCost: true })] }),
    ...(settings.rateLimits === undefined ? {} : { rateLimits: settings.rateLimits }),
    resetPasswordTokenLifetimeSeconds: settings.resetPasswordTokenLifetimeSeconds ?? 3600,
    ...(settings.insecureCookie === undefined ? {} : { backends: [cookieBackend(settings.insecureCookie)] }),
    ...(settings.preventEnumeration === true ? { preventEnumeration: true, requiresVerification: true } : {}),
    ...clockOf(settings),
  });
  for (const email of settings.signIn ?? []) {
    const { signIn } = await import('routing-controllers-users/testing');
    const user = await users.manager.findByEmail(email);
    if (user !== null) await signIn(users, user);
  }
  const controllers = [UsersController, NotesController, ...(settings.openRoute ? [ReportsController] : [])];
  const routing = users.routing({ controllers });
  const app = express();
  app.set('trust proxy', settings.trustProxy ?? false);
  useExpressServer(app, routing);
  return { users, routing, ...(settings.isExpressHidden === true ? {} : { app }) };
}

function clockOf({ clockSkewSeconds = 0 }: AppSettings) {
  return clockSkewSeconds === 0 ? {} : { clock: { now: () => new Date(Date.now() + clockSkewSeconds * 1000) } };
}

function cookieBackend(fault: 'secure' | 'httpOnly'): AuthenticationBackend<User> {
  const transport = new CookieTransport({ [fault]: false, dangerouslyAllowInsecureCookie: true });
  return new AuthenticationBackend<User>({ name: 'cookie', transport, strategy: new DatabaseStrategy() });
}

class AddSomething1795500000000 {
  async up(): Promise<void> {}
  async down(): Promise<void> {}
}

/** As a module names it that sets its app up by a function. */
export const users = setUp;
