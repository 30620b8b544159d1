import type { EntityManager } from 'typeorm';
import type { BaseUserWithoutId, UserId } from '../model/index.js';
import { BackgroundWork } from '../runtime/background-work.js';
import type { Clock } from '../runtime/clock.js';
import { describeError } from '../runtime/describe-error.js';
import type { Logger } from '../runtime/logger.js';
import { isUuid, type Uuids } from '../runtime/uuids.js';
import type { DatabaseSessions } from './database-sessions.js';
import type { NewSession, Session, SessionStore } from './session.js';
import type { SessionSettings } from './session.options.js';

const TOUCH_AFTER_MILLISECONDS = 60_000;
const PRUNE_AFTER_MILLISECONDS = 60_000;
const PRUNE_BATCHES_AT_ONCE = 5;

/** Where a sign-in comes from. */
export interface SignInFacts {
  backend: string;
  amr: readonly string[];
  ip: string | null;
  userAgent: string | null;
}

/** The rules of sessions, over all stores that the app's backends use. */
export class Sessions<U extends BaseUserWithoutId> {
  private readonly stores = new Set<SessionStore<U>>();
  private readonly background = new BackgroundWork((error) =>
    this.logger.warn('a session could not be brought up to date', describeError(error)),
  );
  private lastPruning = 0;

  constructor(
    readonly database: DatabaseSessions<U>,
    private readonly settings: SessionSettings,
    private readonly clock: Clock,
    private readonly uuids: Uuids,
    private readonly logger: Logger,
  ) {
    this.stores.add(database);
  }

  /** Adds a store that a backend keeps its sessions in, so that ending all of a user's sessions reaches it. */
  addStore(store: SessionStore<U>): void {
    this.stores.add(store);
  }

  /** A session as it will be, once its strategy has stored it. */
  draft(userId: UserId, securityStamp: string, facts: SignInFacts): NewSession {
    const now = this.clock.now();
    const absoluteExpiresAt = after(now, this.settings.absoluteLifetimeSeconds);
    return {
      ...facts,
      id: this.uuids.next(),
      userId,
      securityStamp,
      tokenDigest: null,
      refreshDigest: null,
      authenticatedAt: now,
      createdAt: now,
      lastSeenAt: now,
      absoluteExpiresAt,
      expiresAt: earlier(after(now, this.settings.idleLifetimeSeconds), absoluteExpiresAt),
    };
  }

  /** Does what comes with a new session: the limit per user, and a sweep of what has expired. */
  async afterCreate(session: NewSession, within?: EntityManager): Promise<void> {
    if (this.settings.maxSessions !== undefined) await this.endOldest(session.userId, this.settings.maxSessions, within);
    const now = this.clock.now();
    if (now.getTime() - this.lastPruning < PRUNE_AFTER_MILLISECONDS) return;
    this.lastPruning = now.getTime();
    void this.background.add(this.prune(PRUNE_BATCHES_AT_ONCE));
  }

  /** Moves the idle end, at most once a minute and beside the request: authenticating costs one round trip. */
  recordUse(session: Session, store: SessionStore<U>): void {
    if (this.clock.now().getTime() - session.lastSeenAt.getTime() < TOUCH_AFTER_MILLISECONDS) return;
    void this.background.add(store.update(session, this.timesOfUse(session)));
  }

  /** What a session's times are once it is used now. */
  timesOfUse({ absoluteExpiresAt }: Session): Required<Pick<Session, 'lastSeenAt' | 'expiresAt'>> {
    const now = this.clock.now();
    return { lastSeenAt: now, expiresAt: earlier(after(now, this.settings.idleLifetimeSeconds), absoluteExpiresAt) };
  }

  /** Whether a password or another factor was shown lately. */
  isFresh(session: Session | null): boolean {
    if (session === null) return false;
    return this.clock.now().getTime() - session.authenticatedAt.getTime() <= this.settings.freshnessSeconds * 1000;
  }

  /** Makes a session fresh, after its person has shown a password or another factor. */
  async refreshAuthentication(session: Session, within?: EntityManager): Promise<void> {
    const authenticatedAt = this.clock.now();
    for (const store of this.stores) if (await store.update(session, { authenticatedAt }, within)) break;
    session.authenticatedAt = authenticatedAt;
  }

  /** A user's sessions in all stores, newest first. */
  async list(userId: UserId, within?: EntityManager): Promise<Session[]> {
    const now = this.clock.now();
    const lists = await Promise.all([...this.stores].map((store) => store.list(userId, now, within)));
    // Two stores may be one: two strategies on one Redis.
    const sessions = new Map(lists.flat().map((session) => [session.id, session]));
    return [...sessions.values()].sort((one, other) => other.createdAt.getTime() - one.createdAt.getTime());
  }

  /**
   * @param id - from outside, whatever it is
   * @returns whether there was such a session, and this user's
   */
  async end(id: string, userId: UserId, within?: EntityManager): Promise<boolean> {
    const sessionId = id.toLowerCase();
    // PostgreSQL would fail on another text.
    if (!isUuid(sessionId)) return false;
    for (const store of this.stores) if (await store.end(sessionId, userId, within)) return true;
    return false;
  }

  /**
   * Ends every session of a user, JWTs included, from the next request on.
   * @param options - `except`: id of the session that stays; `stamp`: the user's new security stamp, for that session
   * @returns how many sessions ended
   * @throws {@link ServiceUnavailableError} when a store cannot be reached, unless a new stamp has ended them already
   */
  async endAll(userId: UserId, options: { except?: string; stamp?: string } = {}, within?: EntityManager): Promise<number> {
    const isBarred = options.stamp !== undefined;
    let ended = 0;
    // The session that stays gets the stamp that its user has already: on SQLite, where others read within the open transaction,
    // nothing may be waited for in between.
    if (isBarred) ended += await this.database.endAll(userId, options, within);
    for (const store of this.stores) if (store !== this.database) ended += await this.endElsewhere(store, userId, options);
    // Last where no stamp bars the sessions: when another store is down, nothing is half-done.
    if (!isBarred) ended += await this.database.endAll(userId, options, within);
    return ended;
  }

  /** With a new stamp the old sessions are over already; a store that is down must not keep a password from being changed. */
  private async endElsewhere(
    store: SessionStore<U>,
    userId: UserId,
    options: { except?: string; stamp?: string },
  ): Promise<number> {
    try {
      return await store.endAll(userId, options);
    } catch (error) {
      if (options.stamp === undefined) throw error;
      this.logger.warn(
        'sessions of a user are over by his new stamp, and could not be removed from their store',
        describeError(error),
      );
      return 0;
    }
  }

  /**
   * Removes sessions that have expired, in batches that lock no table for long.
   * @returns how many went
   */
  async prune(batches = Number.POSITIVE_INFINITY): Promise<number> {
    let removed = 0;
    for (let batch = 0; batch < batches; batch += 1) {
      const count = await this.database.prune(this.clock.now());
      removed += count;
      if (count === 0) break;
    }
    return removed;
  }

  /** Keeps the latest sessions of a user, over all stores that can be reached, and ends the others. */
  private async endOldest(userId: UserId, keep: number, within?: EntityManager): Promise<void> {
    const now = this.clock.now();
    const found = new Map<string, { store: SessionStore<U>; session: Session }>();
    for (const store of this.stores) {
      try {
        for (const session of await store.list(userId, now, within)) found.set(session.id, { store, session });
      } catch (error) {
        if (store === this.database) throw error;
        this.logger.warn(
          'the sessions in a store that cannot be reached are not counted for `maxSessions`',
          describeError(error),
        );
      }
    }
    const sessions = [...found.values()].sort(
      (one, other) =>
        other.session.lastSeenAt.getTime() - one.session.lastSeenAt.getTime() || (one.session.id < other.session.id ? 1 : -1),
    );
    for (const { store, session } of sessions.slice(keep)) await store.end(session.id, userId, within);
  }

  /** Waits for what was left to run beside requests. */
  async settled(): Promise<void> {
    await this.background.settled();
  }
}

function after(time: Date, seconds: number): Date {
  return new Date(time.getTime() + seconds * 1000);
}

function earlier(one: Date, other: Date): Date {
  return one < other ? one : other;
}
