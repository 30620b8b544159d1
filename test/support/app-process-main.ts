import { Redis } from 'ioredis';
import { systemClock } from '../../src/runtime/clock.js';
import type { AppProcessSettings } from './app-process.js';
import { databaseBackends, redisBackends } from './backends.js';
import { SignInApp } from './sign-in-app.js';

const { database, synchronize, redis }: AppProcessSettings = JSON.parse(process.argv[2] ?? '');
const client = redis === undefined ? undefined : new Redis(redis.url);
const backends = databaseBackends();
if (client !== undefined && redis !== undefined) backends.push(...redisBackends(client, redis.prefix));
const app = await SignInApp.start(database, { backends, synchronize, clock: systemClock });
process.once('SIGTERM', async () => {
  await app.close();
  client?.disconnect();
  process.disconnect();
});
// A test that fails leaves no server behind.
process.once('disconnect', () => process.exit());
process.send?.(app.http.url);
