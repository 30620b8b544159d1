import { RateLimiterRedis } from 'rate-limiter-flexible';

import type { RateLimitStore } from '../rate-limit-store.js';

/** What the app's own Redis client has: ioredis, or the package `redis` from version 4 on. Neither is imported. */
export type RedisLimitsClient =
  | { readonly status: string; defineCommand: unknown }
  | { readonly isReady: boolean; eval: unknown };

/**
 * Keeps the counts in the app's Redis, where several processes run.
 * @param client - connected by the app, and closed by it
 * @param options - `prefix` of the keys, for two apps on one Redis. @defaultValue `rcu:limit`
 */
export function redisLimits(client: RedisLimitsClient, options: { prefix?: string } = {}): RateLimitStore {
  return {
    name: 'Redis',
    createLimiter: ({ name, points, durationSeconds, blockSeconds }) =>
      new RateLimiterRedis({
        storeClient: client,
        // By what the client can do: rate-limiter-flexible goes by the name of its class, which a bundler changes.
        useRedisPackage: !('defineCommand' in client),
        keyPrefix: `${options.prefix ?? 'rcu:limit'}:${name}`,
        points,
        duration: durationSeconds,
        blockDuration: blockSeconds,
      }),
    isReachable: () => isReachable(client),
    faults: () => (isRedisClient(client) ? [] : ['`redisLimits(client)` needs a client of ioredis or of redis 4 and later.']),
  };
}

/** A client of ioredis that connects for the first time, or at its first command, is worth the wait: it is no outage. */
function isReachable(client: RedisLimitsClient): boolean {
  return 'status' in client ? !['reconnecting', 'close', 'end'].includes(client.status) : client.isReady;
}

function isRedisClient(client: unknown): boolean {
  if (typeof client !== 'object' || client === null) {
    return false;
  }
  return ('status' in client && 'defineCommand' in client) || ('isReady' in client && 'eval' in client);
}
