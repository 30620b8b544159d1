import type { DataSource } from 'typeorm';

import type { RateLimitStore } from '../rate-limit-store.js';
import { DIALECTS } from './counter-statements.js';
import { DatabaseLimiter } from './database-limiter.js';
import { RateLimitCount } from './rate-limit-count.entity.js';

/**
 * Keeps the counts in the app's database, where several processes run without a Redis: on PostgreSQL, CockroachDB, mysql and
 * MariaDB, and on SQLite, where TypeORM's one connection lets a transaction that rolls back take counts with it. Their table is
 * the entity `RateLimitCount`: list it in the DataSource's `entities`, and make its migration with TypeORM's CLI like every other.
 * @param dataSource - initialized before the first request
 */
export function databaseLimits(dataSource: DataSource): RateLimitStore {
  return {
    name: 'the database',
    createLimiter: (options) => new DatabaseLimiter(dataSource, options),
    faults: () => {
      const { type } = dataSource.options;
      if (!Object.hasOwn(DIALECTS, type)) {
        return [`\`databaseLimits\` does not know the driver ${type}: use \`redisLimits(client)\`, or leave \`store\` out.`];
      }
      if (dataSource.isInitialized && !dataSource.hasMetadata(RateLimitCount)) {
        return [
          '`databaseLimits` needs its table: add `RateLimitCount` to the `entities` of the DataSource, and a migration for it.',
        ];
      }
      return [];
    },
  };
}
