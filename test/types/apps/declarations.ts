import {
  AuthenticationBackend,
  BearerTransport,
  CookieTransport,
  createAuthController,
  createJwksController,
  DatabaseStrategy,
  JwtStrategy,
  setupUsers,
  UsersController,
  usersEntities,
} from 'routing-controllers-users';
import { audit, auditEntities } from 'routing-controllers-users/audit';
import { google, oauth, oauthEntities } from 'routing-controllers-users/oauth';
import { openApiDocument } from 'routing-controllers-users/openapi';
import { serve, signIn, TestClock } from 'routing-controllers-users/testing';
import { DataSource } from 'typeorm';
import { AppUsers } from './options.js';
import { User } from './user.js';

// What an app exports without writing its type: with `declaration: true` the compiler has to name that type.
export const entities = usersEntities(User);
export const [UserEntity, SessionEntity] = entities;
export const oauthTables = oauthEntities(User);
export const auditTables = auditEntities(User);
export const [OAuthAccount, SpentOAuthTicket] = oauthTables;
export const [AuditEvent] = auditTables;

export const cookie = new AuthenticationBackend<User>({
  name: 'cookie',
  transport: new CookieTransport(),
  strategy: new DatabaseStrategy(),
});
export const CookieController = createAuthController(cookie, '/auth/cookie');
export const strategy = new JwtStrategy<User>();
export const KeysController = createJwksController(strategy);
export const bearer = new AuthenticationBackend<User>({ name: 'bearer', transport: new BearerTransport(), strategy });

export const record = audit({ keepForDays: 30 });
export const providers = { google: google({ clientId: 'id', clientSecret: 'secret' }) };
export const signInByOAuth = oauth<User>({ baseUrl: 'https://app.example', providers });

export const dataSource = new DataSource({ type: 'better-sqlite3', database: ':memory:', entities: [...entities] });
export const users = setupUsers({
  dataSource,
  user: User,
  secret: process.env.SECRET,
  manager: AppUsers,
  backends: [bearer, cookie],
  features: [record, signInByOAuth],
});
export const { manager } = users;
export const create = manager.create.bind(manager);
export const routing = users.routing({ controllers: [UsersController, CookieController, KeysController] });
export const document = openApiDocument(users, routing, { info: { title: 'App', version: '1' } });
export const clock = new TestClock();
export const served = async () => serve(() => undefined);
export const headers = async () => signIn(users, await users.manager.getById('id'));

export class AccountsController extends UsersController<User> {
  readonly shown = this.serializer;
  readonly settable = this.fields;
  readonly flows = this.users;
}

export class ContextUsers extends AppUsers {
  readonly parts = this.context;
}
