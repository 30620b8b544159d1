import type { BaseUserWithoutId, UserId } from '../../model/index.js';
import type { AuthenticatedSession, NewSession, Session, SessionStore, SessionTimes } from '../../sessions/index.js';
import type { StrategyContext } from '../strategy.js';
import type { RedisCommands } from './redis-commands.js';

const CREATE = `
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
return redis.call('PEXPIREAT', KEYS[1], ARGV[1])`;

/** Changes times where the session is still there: one that was ended meanwhile must not come back. */
const UPDATE = `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
for i = 2, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
if ARGV[1] ~= '' then redis.call('PEXPIREAT', KEYS[1], ARGV[1]) end
return 1`;

/** Adds a stamp beside the earlier ones, of which the last few are kept. */
const ADD_STAMP = `
local stamps = redis.call('HGET', KEYS[1], 'stamps')
if not stamps then return 0 end
local kept = { ARGV[1] }
for stamp in string.gmatch(stamps, '%S+') do
  if #kept < 3 then kept[#kept + 1] = stamp end
end
redis.call('HSET', KEYS[1], 'stamps', table.concat(kept, ' '))
return 1`;

/**
 * Puts a session into the index of its user, takes out those whose absolute end has passed, and lets the index live as long as its last
 * session: an index that goes before leaves sessions that nothing finds to end.
 */
const INDEX = `
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3])
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
return redis.call('PEXPIREAT', KEYS[1], last[2])`;

const FIELDS = ['data', 'stamps', 'authenticatedAt', 'lastSeenAt', 'expiresAt'] as const;

/** What does not change while a session lasts, as JSON. */
interface StoredData {
  id: string;
  userId: string;
  backend: string;
  amr: string[];
  createdAt: number;
  absoluteExpiresAt: number;
  ip: string | null;
  userAgent: string | null;
}

interface StoredSession {
  session: Session;
  /** Newest first. */
  stamps: string[];
}

/**
 * Keeps sessions in Redis, which ends them by itself: a hash for each, named by the digest of its token, and for each user a sorted set
 * of his sessions by their absolute ends. The user, and whether the stamp is still his, come from the database.
 */
export class RedisSessions<U extends BaseUserWithoutId> implements SessionStore<U> {
  constructor(
    private readonly redis: RedisCommands,
    private readonly prefix: string,
    private readonly context: StrategyContext<U>,
  ) {}

  async create(session: NewSession): Promise<void> {
    const { tokenDigest, securityStamp } = session;
    if (tokenDigest === null) throw new Error('a session in Redis is found by its token');
    const { id, userId, backend, amr, createdAt, absoluteExpiresAt, ip, userAgent } = session;
    const data: StoredData = {
      id,
      userId: String(userId),
      backend,
      amr: [...amr],
      createdAt: createdAt.getTime(),
      absoluteExpiresAt: absoluteExpiresAt.getTime(),
      ip,
      userAgent,
    };
    const fields = ['data', JSON.stringify(data), 'stamps', securityStamp, ...timeFields(session)];
    await this.redis.send('EVAL', CREATE, '1', this.sessionKey(tokenDigest), String(session.expiresAt.getTime()), ...fields);
    // Afterwards, as who ends all sessions takes out the entries of those that are not there. Where this fails nobody has got the token.
    // One script for both keys would not run on a cluster.
    await this.addToIndex(session, tokenDigest);
  }

  async findByTokenDigest(tokenDigest: string, now: Date): Promise<AuthenticatedSession<U> | null> {
    const found = await this.read(tokenDigest);
    if (found === null || found.session.expiresAt <= now) return null;
    const user =
      (await this.context.findByStamp(found.session.userId, found.stamps)) ?? (await this.findAgain(tokenDigest, found));
    return user === null ? null : { user, session: found.session };
  }

  /** The stamp of a session that stays may have changed between the look into Redis and the one into the database. */
  private async findAgain(tokenDigest: string, before: StoredSession): Promise<U | null> {
    const found = await this.read(tokenDigest);
    if (found === null || found.stamps[0] === before.stamps[0]) return null;
    return this.context.findByStamp(found.session.userId, found.stamps);
  }

  async update(session: Session, changes: SessionTimes): Promise<boolean> {
    const tokenDigest = await this.digestOf(session.id, session.userId);
    if (tokenDigest === null) return false;
    const end = changes.expiresAt === undefined ? '' : String(changes.expiresAt.getTime());
    return (await this.redis.send('EVAL', UPDATE, '1', this.sessionKey(tokenDigest), end, ...timeFields(changes))) === 1;
  }

  async end(id: string, userId: UserId): Promise<boolean> {
    const tokenDigest = await this.digestOf(id, userId);
    return tokenDigest === null ? false : this.remove(id, userId, tokenDigest);
  }

  async endAll(userId: UserId, { except, stamp }: { except?: string; stamp?: string }): Promise<number> {
    let ended = 0;
    for (const { id, tokenDigest } of await this.index(userId)) {
      if (id !== except) ended += (await this.remove(id, userId, tokenDigest)) ? 1 : 0;
      // The old stamp stays beside it: whether the new one comes to hold, the transaction that changes the user decides later.
      else if (stamp !== undefined) await this.redis.send('EVAL', ADD_STAMP, '1', this.sessionKey(tokenDigest), stamp);
    }
    return ended;
  }

  async list(userId: UserId, now: Date): Promise<Session[]> {
    const sessions: Session[] = [];
    for (const { id, tokenDigest } of await this.index(userId)) {
      const found = await this.read(tokenDigest);
      if (found === null) await this.redis.send('ZREM', this.indexKey(userId), member(id, tokenDigest));
      else if (found.session.expiresAt > now && (await this.context.findByStamp(userId, found.stamps)) !== null)
        sessions.push(found.session);
    }
    return sessions.sort((one, other) => other.createdAt.getTime() - one.createdAt.getTime());
  }

  private async remove(id: string, userId: UserId, tokenDigest: string): Promise<boolean> {
    const removed = await this.redis.send('DEL', this.sessionKey(tokenDigest));
    await this.redis.send('ZREM', this.indexKey(userId), member(id, tokenDigest));
    return removed === 1;
  }

  private async addToIndex({ id, userId, createdAt, absoluteExpiresAt }: NewSession, tokenDigest: string): Promise<void> {
    const [end, now] = [absoluteExpiresAt, createdAt].map((time) => String(time.getTime()));
    await this.redis.send('EVAL', INDEX, '1', this.indexKey(userId), end ?? '', member(id, tokenDigest), now ?? '');
  }

  private async read(tokenDigest: string): Promise<StoredSession | null> {
    const values = await this.redis.send('HMGET', this.sessionKey(tokenDigest), ...FIELDS);
    if (!Array.isArray(values)) return null;
    const [data = '', stamps = '', ...rest] = values.map((value: unknown) => (value === null ? '' : String(value)));
    const stored = storedData(data);
    const userId = this.context.parseId(stored?.userId);
    const [authenticatedAt, lastSeenAt, expiresAt] = rest.map(timeOf);
    // Somebody else has written it, or Redis has lost a part.
    if (stored === null || userId === null || stamps === '' || !authenticatedAt || !lastSeenAt || !expiresAt) return null;
    const session: Session = {
      ...stored,
      userId,
      createdAt: new Date(stored.createdAt),
      absoluteExpiresAt: new Date(stored.absoluteExpiresAt),
      authenticatedAt,
      lastSeenAt,
      expiresAt,
    };
    return { session, stamps: stamps.split(' ') };
  }

  private async digestOf(id: string, userId: UserId): Promise<string | null> {
    return (await this.index(userId)).find((entry) => entry.id === id)?.tokenDigest ?? null;
  }

  private async index(userId: UserId): Promise<{ id: string; tokenDigest: string }[]> {
    const members = await this.redis.send('ZRANGE', this.indexKey(userId), '0', '-1');
    return (Array.isArray(members) ? members : []).map((member: unknown) => {
      const [id = '', tokenDigest = ''] = String(member).split(':', 2);
      return { id, tokenDigest };
    });
  }

  private sessionKey(tokenDigest: string): string {
    return `${this.prefix}:session:${tokenDigest}`;
  }

  private indexKey(userId: UserId): string {
    return `${this.prefix}:sessions-of:${userId}`;
  }
}

/** Milliseconds since 1970, as text. */
function timeOf(text: string): Date | null {
  return /^\d{1,15}$/.test(text) ? new Date(Number(text)) : null;
}

/** What a hash holds as JSON, where it is that. */
function storedData(text: string): StoredData | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return isStoredData(value) ? value : null;
}

function isStoredData(value: unknown): value is StoredData {
  if (typeof value !== 'object' || value === null) return false;
  const of = (name: keyof StoredData): unknown => Reflect.get(value, name);
  const isTextOrNull = (name: keyof StoredData) => of(name) === null || typeof of(name) === 'string';
  const amr = of('amr');
  return (
    (['id', 'userId', 'backend'] as const).every((name) => typeof of(name) === 'string') &&
    (['createdAt', 'absoluteExpiresAt'] as const).every((name) => Number.isSafeInteger(of(name))) &&
    (['ip', 'userAgent'] as const).every(isTextOrNull) &&
    Array.isArray(amr) &&
    amr.every((word) => typeof word === 'string')
  );
}

function member(id: string, tokenDigest: string): string {
  return `${id}:${tokenDigest}`;
}

function timeFields(times: SessionTimes): string[] {
  return (['authenticatedAt', 'lastSeenAt', 'expiresAt'] as const).flatMap((name) => {
    const time = times[name];
    return time === undefined ? [] : [name, String(time.getTime())];
  });
}
