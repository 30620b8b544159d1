import {
  AuthenticationBackend,
  BcryptHasher,
  BearerTransport,
  CookieTransport,
  DatabaseStrategy,
  JwtStrategy,
  setupUsers,
  UserManager,
  type Users,
  type UsersOptions,
  usersEntities,
} from 'routing-controllers-users';
import { audit } from 'routing-controllers-users/audit';
import { google, oauth } from 'routing-controllers-users/oauth';
import { Container } from 'typedi';
import { DataSource } from 'typeorm';
import { AllHooks } from './hooks.js';
import { Person, User, UserChange, UserRegistration } from './user.js';

export class AppUsers extends UserManager<User> {
  async findByName(firstName: string): Promise<User[]> {
    const { items } = await this.list({ isActive: true });
    return items.filter((user) => user.firstName === firstName);
  }
}

const dataSource = new DataSource({ type: 'better-sqlite3', database: ':memory:', entities: [...usersEntities(User)] });

export const short: Users<User> = setupUsers({ dataSource, user: User, secret: process.env.SECRET });

export const integerIds: Users<Person> = setupUsers({ dataSource, user: Person, secret: ['new', 'old'] });

export const full: UsersOptions<User> = {
  dataSource,
  user: User,
  secret: process.env.SECRET,
  dtos: { create: UserRegistration, update: UserChange },
  hooks: [AllHooks],
  manager: AppUsers,
  backends: [
    new AuthenticationBackend({ name: 'bearer', transport: new BearerTransport(), strategy: new JwtStrategy(), refresh: {} }),
    new AuthenticationBackend<User>({ name: 'cookie', transport: new CookieTransport(), strategy: new DatabaseStrategy() }),
  ],
  hashers: [new BcryptHasher({ cost: 13 })],
  routes: { register: false, list: false },
  registration: 'invite',
  requiresVerification: true,
  preventEnumeration: true,
  emailChange: 'confirmed',
  loginFields: ['email', 'userName'],
  roles: { named: (user) => user.firstName !== '', slow: async (user) => user.isVerified },
  trustedOrigins: ['https://app.example'],
  rateLimits: { login: { points: 300 } },
  sessions: { maxSessions: 5 },
  container: Container.of('app'),
  onHookError: (error) => console.error(error),
};
setupUsers(full);
setupUsers({ dataSource, user: User, secret: undefined, rateLimits: false, container: Container });

const minimal = { dataSource, user: User, secret: process.env.SECRET };
const provider = google({ clientId: 'id', clientSecret: 'secret' });
const isNamed = ({ email }: { email: string }) => email !== '';

/** `user` alone says which class the app's users are of, whatever else is given. */
export const inferred: Users<User>[] = [
  setupUsers({ ...minimal, roles: { named: (user) => user.firstName !== '' }, features: [audit()] }),
  setupUsers({
    ...minimal,
    roles: { named: (user) => user.firstName !== '', mailed: isNamed },
    features: [oauth({ baseUrl: 'https://app.example', providers: { google: provider } }), audit()],
    backends: [new AuthenticationBackend({ name: 'bearer', transport: new BearerTransport(), strategy: new JwtStrategy() })],
  }),
  setupUsers({ ...minimal, manager: AppUsers, features: [audit()] }),
  setupUsers<User>({ ...minimal, manager: AppUsers, features: [audit()] }),
];

/** The manager is of the class that was given. */
export const byName: Promise<User[]> = setupUsers({ ...minimal, manager: AppUsers }).manager.findByName('Ada');

// @ts-expect-error the plain manager has no methods of the app's own
setupUsers(minimal).manager.findByName('Ada');

// @ts-expect-error a feature for another class of users
setupUsers({ ...minimal, features: [oauth<Person>({ baseUrl: 'https://app.example', providers: {} })] });

// @ts-expect-error the secret has to be written, be it undefined
setupUsers({ dataSource, user: User });

// @ts-expect-error a class, not its name
setupUsers({ dataSource, user: 'User', secret: '' });

// @ts-expect-error a class that extends BaseUser
setupUsers({ dataSource, user: Date, secret: '' });

// @ts-expect-error an option that is misspelt
setupUsers({ dataSource, user: User, secret: '', hoks: [AllHooks] });

// @ts-expect-error a route that is misspelt
setupUsers({ dataSource, user: User, secret: '', routes: { registre: false } });

// @ts-expect-error a word that is none
setupUsers({ dataSource, user: User, secret: '', registration: 'opened' });

// @ts-expect-error a column that the user lacks
setupUsers({ dataSource, user: User, secret: '', roles: { admin: (user: User) => user.isAdmin } });

// @ts-expect-error the manager of another class of users
setupUsers({ dataSource, user: Person, secret: '', manager: AppUsers });
