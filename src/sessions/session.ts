import type { EntityManager } from 'typeorm';
import type { BaseUserWithoutId, UserId } from '../model/index.js';
import type { MaybePromise } from '../runtime/maybe-promise.js';

/** What is known of a sign-in, whichever store keeps it. */
export interface Session {
  id: string;
  userId: UserId;
  backend: string;
  /** How the person signed in: `['pwd']`, `['oauth']`, … */
  amr: readonly string[];
  authenticatedAt: Date;
  createdAt: Date;
  lastSeenAt: Date;
  /** The earlier of the idle and the absolute end. */
  expiresAt: Date;
  absoluteExpiresAt: Date;
  ip: string | null;
  userAgent: string | null;
}

/** A session that a store is to keep. */
export interface NewSession extends Session {
  securityStamp: string;
  /** Where an opaque token names the session, its SHA-256 digest. */
  tokenDigest: string | null;
  /** Where refresh is on, the digest of the first refresh token. */
  refreshDigest: string | null;
}

export interface AuthenticatedSession<U extends BaseUserWithoutId> {
  user: U;
  session: Session;
}

/** Which refresh tokens of a session are good, as digests. */
export interface RefreshState {
  digest: string | null;
  previousDigest: string | null;
  rotatedAt: Date | null;
}

export interface FoundSession<U extends BaseUserWithoutId> extends AuthenticatedSession<U> {
  refresh: RefreshState;
}

/** What changes of a session while it lasts. */
export type SessionTimes = Partial<Pick<Session, 'lastSeenAt' | 'expiresAt' | 'authenticatedAt'>>;

/**
 * Where sessions are kept: the table, or Redis. Of a session that has expired, or has another stamp than its user, a store knows nothing.
 * `within` is the app's transaction, in which one of another kind than the table has no part.
 */
export interface SessionStore<U extends BaseUserWithoutId> {
  create(session: NewSession, within?: EntityManager): Promise<void>;
  findByTokenDigest(tokenDigest: string, now: Date): MaybePromise<AuthenticatedSession<U> | null>;
  /** Sets the named times where the session is still there. */
  update(session: Session, changes: SessionTimes, within?: EntityManager): Promise<boolean>;
  /** @returns whether it was there, and this user's */
  end(id: string, userId: UserId, within?: EntityManager): Promise<boolean>;
  /** Ends a user's sessions; the one that stays gets the user's new stamp. */
  endAll(userId: UserId, options: { except?: string; stamp?: string }, within?: EntityManager): Promise<number>;
  list(userId: UserId, now: Date, within?: EntityManager): Promise<Session[]>;
}
