import type { EntityManager } from 'typeorm';
import type { BaseUserWithoutId, UserId } from '../model/index.js';
import type { Clock } from '../runtime/clock.js';
import type { MaybePromise } from '../runtime/maybe-promise.js';
import type { Randomness } from '../runtime/randomness.js';
import type { DatabaseSessions, NewSession, Session, SessionStore, Sessions } from '../sessions/index.js';
import type { Secrets } from '../tokens/index.js';
import type { AuthenticationTransport } from './transport.js';

/** Finds users by what a token of an app's own names. */
export interface UserLookup<U extends BaseUserWithoutId> {
  findById(id: UserId): Promise<U | null>;
  findByEmail(email: string): Promise<U | null>;
}

/** Whom a token names, and by which session. */
export interface TokenOwner<U extends BaseUserWithoutId> {
  user: U;
  session: Session;
  store: SessionStore<U>;
}

/** A token as it goes to the client. */
export interface AccessToken {
  token: string;
  /** When it ends, which is no later than its session does. */
  expiresAt: Date;
}

/** Another access token for a session that goes on. */
export interface RenewedToken {
  accessToken: AccessToken;
  /** Its digest, where the session is found by it. */
  tokenDigest: string | null;
}

/** What the set-up gives to a strategy that keeps sessions. */
export interface StrategyContext<U extends BaseUserWithoutId> {
  sessions: Sessions<U>;
  databaseSessions: DatabaseSessions<U>;
  secrets: Secrets;
  clock: Clock;
  randomness: Randomness;
  users: UserLookup<U>;
  /** The user with that id, if one of these is his security stamp. */
  findByStamp(id: UserId, securityStamps: readonly string[]): Promise<U | null>;
  parseId(text: unknown): UserId | null;
}

/**
 * How a token names its user. One of the app's own (an API key, say) may have no session: `readToken` answers the user alone,
 * who still passes the gate's checks, and is never fresh.
 */
export interface AuthenticationStrategy<U extends BaseUserWithoutId = BaseUserWithoutId> {
  /** Whom the token names, or null where it is no good. A store that cannot be reached throws, and lets nobody in. */
  readToken(token: string, users: UserLookup<U>): MaybePromise<TokenOwner<U> | U | null>;

  /**
   * Makes a token for the user. A strategy that keeps sessions stores the one given, whose id the token may name.
   * @param within - the app's transaction, where the sign-in is in one; a store that is not in that database has no part in it
   */
  writeToken(user: U, session: NewSession, within?: EntityManager): Promise<AccessToken | string>;

  /** Makes the token worthless from now on, in every process. */
  destroyToken(token: string, user: U): Promise<void>;

  /**
   * Another token for a session in the database that goes on, for backends with refresh.
   * @param secret - 32 bytes that are the same for all who refresh by one token
   */
  renewToken?(user: U, session: Session, secret: Buffer): RenewedToken;

  /** Faults of the configuration, as sentences. Asked by the set-up together with all else that may be wrong. */
  check?(): string[];

  /**
   * Called by the set-up once the options have no fault, before anything else and once for each backend that has the strategy. A strategy
   * that has it serves one app at a time: another set-up may have it when the app is closed.
   */
  setUp?(context: StrategyContext<U>, backend: { name: string; transport: AuthenticationTransport }): void;
}
