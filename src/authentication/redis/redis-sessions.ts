import type { BaseUserWithoutId, UserId } from '../../model/index.js';
import type { AuthenticatedSession, NewSession, Session, SessionStore, SessionTimes } from '../../sessions/index.js';
import type { StrategyContext } from '../strategy.js';
import type { RedisCommands } from './redis-commands.js';

/** Changes times where the session is still there: one that was ended meanwhile must not come back. */
const UPDATE = `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
for i = 2, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
if ARGV[1] ~= '' then redis.call('PEXPIREAT', KEYS[1], ARGV[1]) end
return 1`;

const FIELDS = ['data', 'securityStamp', 'authenticatedAt', 'lastSeenAt', 'expiresAt'] as const;

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

/**
 * Keeps sessions in Redis, which ends them by itself: a hash for each, named by the digest of its token, and a set for each user of
 * whose sessions they are. The user, and whether the stamp is still his, come from the database.
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
    const index = this.indexKey(userId);
    // The index first: an entry without its session is swept, a session without its entry could not be ended.
    await this.redis.send('SADD', index, `${id}:${tokenDigest}`);
    await this.redis.send('PEXPIREAT', index, String(absoluteExpiresAt.getTime()));
    const key = this.sessionKey(tokenDigest);
    const fields = ['data', JSON.stringify(data), 'securityStamp', securityStamp, ...timeFields(session)];
    await this.redis.send(
      'EVAL',
      `redis.call('HSET', KEYS[1], unpack(ARGV, 2)); return redis.call('PEXPIREAT', KEYS[1], ARGV[1])`,
      '1',
      key,
      String(session.expiresAt.getTime()),
      ...fields,
    );
  }

  async findByTokenDigest(tokenDigest: string, now: Date): Promise<AuthenticatedSession<U> | null> {
    const found = await this.read(tokenDigest);
    if (found === null || found.session.expiresAt <= now) return null;
    const user = await this.context.findByStamp(found.session.userId, found.securityStamp);
    return user === null ? null : { user, session: found.session };
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
      else if (stamp !== undefined)
        await this.redis.send('EVAL', UPDATE, '1', this.sessionKey(tokenDigest), '', 'securityStamp', stamp);
    }
    return ended;
  }

  async list(userId: UserId, now: Date): Promise<Session[]> {
    const sessions: Session[] = [];
    for (const { id, tokenDigest } of await this.index(userId)) {
      const found = await this.read(tokenDigest);
      if (found === null) await this.redis.send('SREM', this.indexKey(userId), `${id}:${tokenDigest}`);
      else if (found.session.expiresAt > now) sessions.push(found.session);
    }
    return sessions.sort((one, other) => other.createdAt.getTime() - one.createdAt.getTime());
  }

  private async remove(id: string, userId: UserId, tokenDigest: string): Promise<boolean> {
    const removed = await this.redis.send('DEL', this.sessionKey(tokenDigest));
    await this.redis.send('SREM', this.indexKey(userId), `${id}:${tokenDigest}`);
    return removed === 1;
  }

  private async read(tokenDigest: string): Promise<{ session: Session; securityStamp: string } | null> {
    const values = await this.redis.send('HMGET', this.sessionKey(tokenDigest), ...FIELDS);
    if (!Array.isArray(values)) return null;
    const [data, securityStamp, authenticatedAt, lastSeenAt, expiresAt] = values.map((value: unknown) =>
      value === null ? '' : String(value),
    );
    if (data === undefined || data === '' || securityStamp === undefined) return null;
    const stored: StoredData = JSON.parse(data);
    const userId = this.context.parseId(stored.userId);
    if (userId === null) return null;
    const session: Session = {
      ...stored,
      userId,
      createdAt: new Date(stored.createdAt),
      absoluteExpiresAt: new Date(stored.absoluteExpiresAt),
      authenticatedAt: new Date(Number(authenticatedAt)),
      lastSeenAt: new Date(Number(lastSeenAt)),
      expiresAt: new Date(Number(expiresAt)),
    };
    return { session, securityStamp };
  }

  private async digestOf(id: string, userId: UserId): Promise<string | null> {
    return (await this.index(userId)).find((entry) => entry.id === id)?.tokenDigest ?? null;
  }

  private async index(userId: UserId): Promise<{ id: string; tokenDigest: string }[]> {
    const members = await this.redis.send('SMEMBERS', this.indexKey(userId));
    return [...(members as Iterable<unknown>)].map((member) => {
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

function timeFields(times: SessionTimes): string[] {
  return (['authenticatedAt', 'lastSeenAt', 'expiresAt'] as const).flatMap((name) => {
    const time = times[name];
    return time === undefined ? [] : [name, String(time.getTime())];
  });
}
