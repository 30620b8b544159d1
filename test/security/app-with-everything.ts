import { generateKeyPairSync } from 'node:crypto';
import { Authorized, Body, Delete, Get, HttpCode, JsonController, Param, Post, QueryParam } from 'routing-controllers';
import { Service } from 'typedi';
import { AuditController, audit, auditEntities } from '../../src/features/audit/index.js';
import { OAuthController, oauth, oauthEntities, oidc } from '../../src/features/oauth/index.js';
import {
  AuthenticationBackend,
  BearerTransport,
  CookieTransport,
  CurrentUser,
  createAuthController,
  createJwksController,
  DatabaseStrategy,
  JwtStrategy,
  UsersController,
} from '../../src/index.js';
import { type MountedAction, mountedActions } from '../../src/openapi/mounted-actions.js';
import { signIn } from '../../src/testing/index.js';
import { ODD_CLIENT, OddProvider } from '../features/oauth/support/odd-provider.js';
import type { Driver } from '../support/databases.js';
import { type User, User as UserClass, userEntities } from '../support/user.entity.js';
import { emailOf, PASSWORD, UsersApp } from '../support/users-app.js';
import type { Possessions } from './possessions.js';

const BASE_URL = 'https://app.example';
/** The tables of OAuth. */
export const [oauthAccounts, spentTickets] = oauthEntities(UserClass);
const entities = [...userEntities, ...auditEntities(UserClass), oauthAccounts, spentTickets];

/** A resource of the app's own, by routing-controllers' means alone: its body parser, its validation, its parameters. */
@Service()
@Authorized()
@JsonController('/notes')
class NotesController {
  @Get('/')
  list(@CurrentUser() user: User, @QueryParam('limit') limit: number): object {
    return { of: user.email, limit: limit ?? null };
  }

  /** Unvalidated: class-transformer, which routing-controllers would validate by, has no bound and overflows the stack. */
  @Post('/')
  @HttpCode(201)
  add(@Body({ validate: false }) note: unknown): object {
    return { isNote: typeof note === 'object' };
  }

  @Delete('/:id')
  remove(@Param('id') id: number): object {
    return { id };
  }
}

/** An app in which all is on: every transport and strategy, both features, a resource of its own. */
export class AppWithEverything {
  private generation = 0;
  /** Everything that was given out so far and must not be told on. */
  readonly secrets = new Set<string>();

  private constructor(
    readonly app: UsersApp,
    readonly provider: OddProvider,
    /** All that answers. */
    readonly routes: readonly MountedAction[],
  ) {}

  static async start(driver: Driver): Promise<AppWithEverything> {
    const provider = await OddProvider.start();
    const { privateKey } = generateKeyPairSync('ed25519');
    const published = new JwtStrategy<User>({ keys: [{ algorithm: 'EdDSA', key: privateKey }] });
    const jwt = new AuthenticationBackend<User>({
      name: 'jwt',
      transport: new BearerTransport(),
      strategy: new JwtStrategy<User>(),
      refresh: {},
    });
    const others = [
      new AuthenticationBackend<User>({
        name: 'opaque',
        transport: new BearerTransport(),
        strategy: new DatabaseStrategy<User>(),
      }),
      new AuthenticationBackend<User>({
        name: 'cookie',
        transport: new CookieTransport(),
        strategy: new DatabaseStrategy<User>(),
      }),
      new AuthenticationBackend<User>({ name: 'jwks', transport: new BearerTransport(), strategy: published }),
    ];
    const controllers = [
      AuditController,
      OAuthController,
      ...others.map((backend) => createAuthController(backend, `/auth/${backend.name}`)),
      createJwksController(published),
      NotesController,
    ];
    const app = await UsersApp.start(driver, {
      connection: { entities },
      trustProxy: true,
      backends: [jwt, ...others],
      features: [audit(), oauth({ baseUrl: BASE_URL, providers: { oidc: oidc({ ...ODD_CLIENT, issuer: provider.issuer }) } })],
      controllers,
    });
    return new AppWithEverything(app, provider, mountedActions({ controllers: [UsersController, ...controllers] }));
  }

  /** New people with new sessions and tokens: those of before may be spent, ended or deleted. */
  async newPossessions(): Promise<Possessions> {
    const { app } = this;
    this.generation += 1;
    const [ada, sue] = [`ada${this.generation}`, `sue${this.generation}`];
    const user = await app.add(ada);
    const superuser = await app.add(sue, { isSuperuser: true });
    const login = await app.login(ada);
    await app.users.manager.forgotPassword(user);
    const reset = await app.outbox.token(user.email);
    const vera = await app.add(`vera${this.generation}`, { isVerified: false });
    await app.users.manager.requestVerify(vera);
    const verify = await app.outbox.token(vera.email);
    const flow = await app.http.get('/oauth/oidc/authorize');
    const authorization = new URL(String(flow.body.authorization_url));
    this.provider.nonce = authorization.searchParams.get('nonce') ?? '';
    this.provider.claims = { sub: `odd${this.generation}`, email: emailOf(`odd${this.generation}`) };
    const sessions = await app.http.get('/users/me/sessions', { token: String(login.body.access_token) });
    app.outbox.clear();
    app.hooks.clear();
    const possessions = {
      user: await app.tokenOf(user),
      superuser: await app.tokenOf(superuser),
      opaque: (await signIn(app.users, user, { backend: 'opaque' })).authorization?.slice('Bearer '.length) ?? '',
      cookie: (await signIn(app.users, user, { backend: 'cookie' })).cookie ?? '',
      refresh: String(login.body.refresh_token),
      reset,
      verify,
      flow: Object.entries(flow.cookies)
        .map((pair) => pair.join('='))
        .join('; '),
      state: authorization.searchParams.get('state') ?? '',
      password: PASSWORD,
    };
    for (const secret of Object.values(possessions)) this.secrets.add(secret);
    const items = Array.isArray(sessions.body.items) ? sessions.body.items : [];
    return { ...possessions, email: user.email, id: user.id, session: String(items[0]?.id) };
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.provider.down();
  }
}
