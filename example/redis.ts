import { Redis } from 'ioredis';

const CONNECT_MS = 2000;
const COMMAND_MS = 2000;
const RETRY_MS = 500;

/** A client that tells a request soon that Redis is down, and finds it again by itself. */
export function openRedis(url: string): Redis {
  const redis = new Redis(url, {
    connectTimeout: CONNECT_MS,
    commandTimeout: COMMAND_MS,
    maxRetriesPerRequest: 1,
    retryStrategy: () => RETRY_MS,
  });
  let isDown = false;
  redis.on('error', ({ message }) => {
    if (!isDown) console.error(`Redis does not answer: ${message}`);
    isDown = true;
  });
  redis.on('ready', () => {
    if (isDown) console.log('Redis answers again.');
    isDown = false;
  });
  return redis;
}
