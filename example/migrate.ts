import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';

const SQLITE_TRIES = 3;
const SQLITE_PAUSE_MS = 500;

/** A lock of the server's that is no table's, of this database alone: the name of MySQL's is one for all databases. */
const LOCKS = {
  postgres: ['SELECT pg_advisory_lock(1795500000)', 'SELECT pg_advisory_unlock(1795500000)'],
  mysql: ['SELECT GET_LOCK(MD5(DATABASE()), 15)', 'SELECT RELEASE_LOCK(MD5(DATABASE()))'],
} as const;

/** Of several processes that start at once one makes the tables. The others wait for it, and find them made. */
export async function migrate(dataSource: DataSource): Promise<void> {
  if (dataSource.options.type === 'better-sqlite3') return migrateFile(dataSource);
  const [take, release] = LOCKS[dataSource.options.type === 'postgres' ? 'postgres' : 'mysql'];
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query(take);
    await dataSource.runMigrations();
    await runner.query(release);
  } finally {
    await runner.release();
  }
}

/** SQLite has no such lock: who waited for the file finds that a table is there, and at the next try that nothing is left to do. */
async function migrateFile(dataSource: DataSource, triesLeft = SQLITE_TRIES): Promise<void> {
  try {
    await dataSource.runMigrations();
  } catch (error) {
    const isRace = error instanceof Error && /already exists|database is locked/.test(error.message);
    if (!isRace || triesLeft === 1) throw error;
    await sleep(SQLITE_PAUSE_MS);
    await migrateFile(dataSource, triesLeft - 1);
  }
}
