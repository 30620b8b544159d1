import { Redis } from 'ioredis';
import type { AuthenticationBackend } from '../../src/index.js';
import { databaseBackends, redisBackends } from './backends.js';
import type { Driver, TestDatabase } from './databases.js';
import type { Member } from './member.entity.js';

/** Where there is no Redis server, the tests do without its backends. */
export const REDIS_URL = process.env.TEST_REDIS_URL;

/** Those of the names of backends whose store there is. */
export function availableBackends(...names: readonly string[]): string[] {
  return names.filter((name) => REDIS_URL !== undefined || !name.startsWith('redis'));
}

/** A database of a test's own and a connection to Redis, with every kind of backend on them. */
export class Stores {
  readonly backends: AuthenticationBackend<Member>[];

  private constructor(
    readonly database: TestDatabase,
    readonly redis: Redis | undefined,
  ) {
    this.backends = [...databaseBackends(), ...(redis === undefined ? [] : redisBackends(redis, database.name))];
  }

  static async open(driver: Driver): Promise<Stores> {
    return new Stores(await driver.createDatabase(), REDIS_URL === undefined ? undefined : new Redis(REDIS_URL));
  }

  async close(): Promise<void> {
    this.redis?.disconnect();
    await this.database.drop();
  }
}
