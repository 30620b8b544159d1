import type { BaseUserWithoutId } from '../../model/index.js';
import type { NewSession } from '../../sessions/index.js';
import { createOpaqueToken, digestOf, looksLikeOpaqueToken, redisTokenPrefix } from '../../tokens/index.js';
import type { AccessToken, AuthenticationStrategy, StrategyContext, TokenOwner } from '../strategy.js';
import { unboundStrategy } from '../unbound-strategy.js';
import { isRedisClient, type RedisClient, RedisCommands } from './redis-commands.js';
import { RedisSessions } from './redis-sessions.js';

export interface RedisStrategyOptions {
  /** What the keys begin with, for two apps on one Redis. @defaultValue `rcu` */
  prefix?: string;
}

/**
 * An opaque token of 256 bits whose session is kept in the app's Redis, by the token's digest alone. While Redis is away its tokens
 * are answered by 503; the other backends go on.
 */
export class RedisStrategy<U extends BaseUserWithoutId = BaseUserWithoutId> implements AuthenticationStrategy<U> {
  private context?: StrategyContext<U>;
  private store?: RedisSessions<U>;

  /** @param client - of ioredis or `redis`, connected and closed by the app */
  constructor(
    private readonly client: RedisClient,
    private readonly options: RedisStrategyOptions = {},
  ) {}

  check(): string[] {
    if (isRedisClient(this.client)) return [];
    return [
      '`new RedisStrategy(client)` needs a client of ioredis or of redis 4 and later: new RedisStrategy(new Redis(process.env.REDIS_URL))',
    ];
  }

  setUp(context: StrategyContext<U>): void {
    // Several backends may share the strategy; its sessions are kept once.
    if (this.context === context) return;
    this.context = context;
    this.store = new RedisSessions(new RedisCommands(this.client), this.options.prefix ?? 'rcu', context);
    context.sessions.addStore(this.store);
  }

  async readToken(token: string): Promise<TokenOwner<U> | null> {
    if (!looksLikeOpaqueToken(redisTokenPrefix, token)) return null;
    const store = this.sessions;
    const found = await store.findByTokenDigest(digestOf(token), this.ready.clock.now());
    return found === null ? null : { ...found, store };
  }

  async writeToken(_user: U, session: NewSession): Promise<AccessToken> {
    const { token, tokenDigest } = createOpaqueToken(redisTokenPrefix, this.ready.randomness);
    session.tokenDigest = tokenDigest;
    await this.sessions.create(session);
    return { token, expiresAt: session.expiresAt };
  }

  async destroyToken(token: string, user: U): Promise<void> {
    const owner = await this.readToken(token);
    if (owner !== null) await this.sessions.end(owner.session.id, user.id);
  }

  private get ready(): StrategyContext<U> {
    return this.context ?? unboundStrategy('RedisStrategy');
  }

  private get sessions(): RedisSessions<U> {
    return this.store ?? unboundStrategy('RedisStrategy');
  }
}
