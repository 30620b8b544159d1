import type { Container, ContainerInstance } from 'typedi';
import type { DataSource } from 'typeorm';
import type { GivenBackend, RoleCheck } from '../authentication/index.js';
import type { Feature } from '../features/feature.js';
import type { OnHookError } from '../hooks/index.js';
import type { RateLimitOptions } from '../limits/index.js';
import type { BaseUserWithoutId, UserClass } from '../model/index.js';
import type { BreachedPasswords, PasswordHasher, PasswordPolicyOptions } from '../passwords/index.js';
import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import type { Randomness } from '../runtime/randomness.js';
import type { SessionOptions } from '../sessions/index.js';
import type { RegistrationMode, UserDtos, UserManager, UsersContext } from '../users/index.js';

/** Routes of `UsersController` by the names of its methods. */
export const ROUTE_NAMES = [
  'register',
  'login',
  'logout',
  'refresh',
  'forgotPassword',
  'resetPassword',
  'requestVerifyToken',
  'verify',
  'me',
  'updateMe',
  'deleteMe',
  'reauthenticate',
  'listMySessions',
  'endMySession',
  'endMyOtherSessions',
  'list',
  'create',
  'getById',
  'updateById',
  'deleteById',
  'endSessionsOf',
] as const;

export type RouteName = (typeof ROUTE_NAMES)[number];

/** The name of the backend that there is where an app lists none. */
export const DEFAULT_BACKEND = 'bearer';

/**
 * What an app tells the library. `dataSource`, `user` and `secret` are all that most apps need. `user` alone says which class the app's users
 * are of: a feature for all classes, say, would else make it the base of them.
 */
export interface UsersOptions<U extends BaseUserWithoutId, M extends UserManager<U> = UserManager<U>> {
  /** The app's DataSource, initialized, with `...usersEntities(User)` among its entities. */
  dataSource: DataSource;
  /** The app's user entity, which extends `BaseUser` or `BaseUserWithoutId`. */
  user: UserClass<U>;
  /**
   * At least 32 bytes that nobody can guess, from the environment. All keys are derived from it, one for each purpose. A list rotates
   * them: the first signs, all verify.
   */
  secret: string | readonly string[] | undefined;
  /** Classes of the bodies by which users are made and changed. @defaultValue `{ create: UserCreate }` */
  dtos?: UserDtos;
  /** Classes with hook methods, each with `@Service()`. @defaultValue none */
  hooks?: readonly Function[];
  /** A class that extends `UserManager`; the container makes it. @defaultValue `UserManager` */
  manager?: new (
    context: UsersContext<NoInfer<U>>,
  ) => M;
  /** How requests are authenticated; the first is what `/login` signs in by. @defaultValue bearer tokens that are JWTs */
  backends?: readonly GivenBackend<NoInfer<U>>[];
  /** The first makes password hashes; the first that recognizes one verifies it, and it is renewed. @defaultValue `[new BcryptHasher()]` */
  hashers?: readonly PasswordHasher[];
  /** Rules for new passwords. @defaultValue 8 to 256 code points, none of the common ones */
  passwordPolicy?: PasswordPolicyOptions;
  /** Where new passwords are looked up that were in a breach. @defaultValue none */
  breachedPasswords?: BreachedPasswords;
  /** Routes to turn off, by name: `{ register: false }`. They answer 404. @defaultValue all on */
  routes?: Partial<Record<RouteName, boolean>>;
  /** Who may make an account: anybody; those whom a superuser invites; nobody over HTTP. @defaultValue `'open'` */
  registration?: RegistrationMode;
  /** Whether users have to verify their address before they can sign in. @defaultValue false */
  requiresVerification?: boolean;
  /** Whether a new address is taken when it is confirmed, or at once and unverified. @defaultValue `'confirmed'` */
  emailChange?: 'confirmed' | 'immediate';
  /**
   * Answers alike whether an address has an account or not, on registration and change of address too, and at the login of a person
   * who has not verified his. Needs `requiresVerification`. @defaultValue false
   */
  preventEnumeration?: boolean;
  /** Unique columns by which a person may sign in. @defaultValue `['email']` */
  loginFields?: readonly string[];
  /** Roles of the app's own for `@Authorized('admin')`; several mean all. @defaultValue none */
  roles?: Readonly<Record<string, RoleCheck<NoInfer<U>>>>;
  /** Origins beside the app's own whose pages may use cookies and be returned to. @defaultValue none */
  trustedOrigins?: readonly string[];
  /** Limits on tries, mails and starts, on by default; `false` switches all off, `{ login: { points: 300 } }` sets single ones. */
  rateLimits?: RateLimitOptions | false;
  /** How long sessions last, and how many a user may have. @defaultValue 14 days unused, 30 days in all */
  sessions?: SessionOptions;
  /** Seconds that a reset token lives. Longer helps slow mailboxes, and whoever finds an old mail. @defaultValue 3600 */
  resetPasswordTokenLifetimeSeconds?: number;
  /** A secret of its own for reset tokens, as for `secret`. @defaultValue derived from `secret` */
  resetPasswordTokenSecret?: string | readonly string[];
  /** Seconds that a verification token lives. @defaultValue 3600 */
  verificationTokenLifetimeSeconds?: number;
  /** A secret of its own for verification tokens, as for `secret`. @defaultValue derived from `secret` */
  verificationTokenSecret?: string | readonly string[];
  /** Seconds that an invitation lives. @defaultValue 604800 (7 days) */
  invitationTokenLifetimeSeconds?: number;
  /** What the app switches on beside: `[oauth({ … })]`. @defaultValue none */
  features?: readonly Feature<NoInfer<U>>[];
  /** The typedi container of this app. @defaultValue typedi's default container */
  container?: ContainerInstance | typeof Container;
  /** Told when a hook fails that runs after the deed. @defaultValue the failure is logged only */
  onHookError?: OnHookError;
  /** @defaultValue `console` */
  logger?: Logger;
  /** @defaultValue the system's */
  clock?: Clock;
  /** @defaultValue `node:crypto` */
  randomness?: Randomness;
}

/** Names of all options, so that one that is misspelt does not go unnoticed. The type holds the list complete. */
export const OPTION_NAMES = Object.keys({
  dataSource: true,
  user: true,
  secret: true,
  dtos: true,
  hooks: true,
  manager: true,
  backends: true,
  hashers: true,
  passwordPolicy: true,
  breachedPasswords: true,
  routes: true,
  registration: true,
  requiresVerification: true,
  emailChange: true,
  preventEnumeration: true,
  loginFields: true,
  roles: true,
  trustedOrigins: true,
  rateLimits: true,
  sessions: true,
  resetPasswordTokenLifetimeSeconds: true,
  resetPasswordTokenSecret: true,
  verificationTokenLifetimeSeconds: true,
  verificationTokenSecret: true,
  invitationTokenLifetimeSeconds: true,
  features: true,
  container: true,
  onHookError: true,
  logger: true,
  clock: true,
  randomness: true,
} satisfies Record<keyof UsersOptions<BaseUserWithoutId>, true>);
