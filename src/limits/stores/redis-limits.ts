import { RateLimiterRedis } from 'rate-limiter-flexible';

import type { RateLimitStore } from '../rate-limit-store.js';

/** What the app's own Redis client or cluster has: ioredis, or the package `redis` from version 4 on. Neither is imported. */
export type RedisLimitsClient =
  | { readonly status: string; defineCommand: unknown }
  | { readonly isOpen: boolean; readonly isReady?: boolean; eval: unknown };

/** What ioredis calls the states before it is ready. */
const AT_START = ['wait', 'connecting', 'connect'];

/**
 * Keeps the counts in the app's Redis, where several processes run.
 * @param client - connected by the app, and closed by it
 * @param options - `prefix` of the keys, for two apps on one Redis. @defaultValue `rcu:limit`
 */
export function redisLimits(client: RedisLimitsClient, options: { prefix?: string } = {}): RateLimitStore {
  let wasReady = false;
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
    isReachable: () => {
      const ready = isReady(client);
      wasReady ||= ready;
      // A client that connects for the first time, or at its first command, is worth the wait; one that lost its connection is not.
      return ready || (!wasReady && 'status' in client && AT_START.includes(client.status));
    },
    faults: () => (isRedisClient(client) ? [] : ['`redisLimits(client)` needs a client of ioredis or of redis 4 and later.']),
  };
}

function isReady(client: RedisLimitsClient): boolean {
  // A pool of clients tells only whether it is open.
  return 'status' in client ? client.status === 'ready' : (client.isReady ?? client.isOpen);
}

function isRedisClient(client: unknown): boolean {
  if (typeof client !== 'object' || client === null) {
    return false;
  }
  return ('status' in client && 'defineCommand' in client) || ('isOpen' in client && 'eval' in client);
}
