import 'reflect-metadata';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import express from 'express';
import { ForbiddenError, useContainer, useExpressServer } from 'routing-controllers';
import { Container, Service } from 'typedi';
import { Column, DataSource, Entity } from 'typeorm';
import {
  type BaseOAuthAccount,
  OAuthController,
  type OAuthOptions,
  OAuthService,
  oauth,
  oauthEntities,
} from '../../../../src/features/oauth/index.js';
import {
  AuthenticationBackend,
  BaseUser,
  BcryptHasher,
  BearerTransport,
  CookieTransport,
  containerPerApp,
  createAuthController,
  DatabaseStrategy,
  DuringRegister,
  type Feature,
  JwtStrategy,
  OnAfterForgotPassword,
  OnAfterRegister,
  OnBeforeRegister,
  OnInvite,
  OnSecurityEvent,
  type SecurityEvent,
  setupUsers,
  UserCreate,
  UserManager,
  type Users,
  UsersController,
  type UsersOptions,
  usersEntities,
} from '../../../../src/index.js';
import type { ConnectionOptions } from '../../../support/databases.js';
import { TestClock } from './test-clock.js';

@Entity('users')
export class User extends BaseUser {
  @Column({ type: 'varchar', length: 50, default: '' })
  firstName!: string;
}

class Registration extends UserCreate {
  @IsOptional()
  @IsString()
  @MaxLength(50)
  firstName?: string;
}

/** What is logged, as text. */
export class LogBook {
  readonly lines: string[] = [];
  readonly info = (...parts: unknown[]) => this.note(parts);
  readonly warn = (...parts: unknown[]) => this.note(parts);
  readonly error = (...parts: unknown[]) => this.note(parts);

  private note(parts: unknown[]): void {
    this.lines.push(parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' '));
  }
}

@Service()
export class Events {
  readonly seen: SecurityEvent[] = [];
  /** The token of the last mail with a link. */
  resetToken = '';
  /** Hooks of registration, in their order. */
  readonly called: string[] = [];
  refuses: 'before' | 'during' | undefined;

  @OnSecurityEvent()
  see(event: SecurityEvent): void {
    this.seen.push(event);
  }

  @OnBeforeRegister()
  before(dto: UserCreate & { firstName?: string }): void {
    this.called.push(`before ${dto.email} ${dto.firstName}`);
    if (this.refuses === 'before') throw new ForbiddenError();
  }

  @DuringRegister()
  during(user: User): void {
    this.called.push(`during ${user.email}`);
    if (this.refuses === 'during') throw new ForbiddenError();
  }

  @OnAfterRegister()
  after(user: User): void {
    this.called.push(`after ${user.email}`);
  }

  @OnInvite()
  invite(user: User): void {
    this.called.push(`invite ${user.email}`);
  }

  @OnAfterForgotPassword()
  mail(_user: User, token: string): void {
    this.resetToken = token;
  }
}

export interface OAuthApp {
  url: string;
  dataSource: DataSource;
  users: Users<User>;
  manager: UserManager<User>;
  oauth: OAuthService<User>;
  clock: TestClock;
  log: LogBook;
  events: SecurityEvent[];
  hooks: string[];
  /** Asks for a mail with a link, and gives the token in it. */
  resetTokenOf(email: string): Promise<string>;
  /** All rows of the table of accounts, as stored. */
  accountRows(): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

export type AppOptions = Omit<OAuthOptions, 'baseUrl'> & {
  /** @defaultValue where it listens */
  baseUrl?: string;
  /** @defaultValue a database in memory */
  connection?: ConnectionOptions;
  /** Another process on the same database leaves the tables alone. */
  synchronize?: boolean;
  users?: Partial<UsersOptions<User>>;
  /** Beside oauth. */
  features?: Feature<User>[];
  /** Which hook of registration refuses. */
  refuses?: 'before' | 'during';
  /** HTML of the app's own page at `/page`. */
  page?: string;
};

export const SECRET = 'a secret of thirty-two bytes or a few more';

/** An app with bearer tokens and cookies, on a port of its own. */
export async function startApp({
  connection,
  synchronize = true,
  users: own,
  page = '',
  features = [],
  refuses,
  ...options
}: AppOptions): Promise<OAuthApp> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const [accounts, ...others] = oauthEntities(User);
  const dataSource = await new DataSource({
    ...(connection ?? { type: 'better-sqlite3', database: ':memory:' }),
    synchronize,
    entities: [...usersEntities(User), accounts, ...others],
  }).initialize();
  const container = Container.of(Symbol('app') as never);
  const events = new Events();
  events.refuses = refuses;
  container.set({ id: Events, value: events });
  const clock = new TestClock();
  const log = new LogBook();
  const cookie = new AuthenticationBackend<User>({
    name: 'cookie',
    transport: new CookieTransport({ secure: false }),
    strategy: new DatabaseStrategy<User>(),
  });
  useContainer(containerPerApp);
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await dataSource.destroy();
    container.reset();
  };
  const given: UsersOptions<User> = {
    dataSource,
    user: User,
    secret: SECRET,
    dtos: { create: Registration },
    hashers: [new BcryptHasher({ cost: 4, dangerouslyAllowWeakCost: true })],
    backends: [
      new AuthenticationBackend<User>({ name: 'bearer', transport: new BearerTransport(), strategy: new JwtStrategy<User>() }),
      cookie,
    ],
    hooks: [Events],
    rateLimits: false,
    container,
    clock,
    logger: log,
    features: [oauth({ baseUrl: url, ...options }), ...features],
    ...own,
  };
  let users: Users<User>;
  try {
    users = setupUsers<User>(given);
  } catch (error) {
    await close();
    throw error;
  }
  const app = express();
  app.get('/page', (_request, response) => void response.type('html').send(page));
  useExpressServer(
    app,
    users.routing({ controllers: [UsersController, OAuthController, createAuthController(cookie, '/auth/cookie')] }),
  );
  server.on('request', app);
  return {
    url,
    dataSource,
    users,
    manager: users.manager,
    oauth: container.get<OAuthService<User>>(OAuthService),
    clock,
    log,
    events: events.seen,
    hooks: events.called,
    async resetTokenOf(email) {
      await users.manager.forgotPassword(email);
      return events.resetToken;
    },
    accountRows: () => dataSource.getRepository<BaseOAuthAccount>(accounts).createQueryBuilder('a').getRawMany(),
    async stop() {
      await users.close();
      await close();
    },
  };
}
