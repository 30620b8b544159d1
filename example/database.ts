import { setTimeout as sleep } from 'node:timers/promises';
import { usersEntities } from 'routing-controllers-users';
import { auditEntities } from 'routing-controllers-users/audit';
import { oauthEntities } from 'routing-controllers-users/oauth';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { migrations } from './migrations/index.js';
import { Note } from './notes/note.entity.js';
import { User } from './user.entity.js';
import { WrongSettingsError } from './wrong-settings.error.js';

/** A server that does not answer by then is down: the request gets its 503, and the next one tries again. */
const CONNECT_MS = 2000;
const QUERY_MS = 15_000;
const SQLITE_BUSY_MS = 5000;

const MIGRATION_TRIES = 20;
const MIGRATION_PAUSE_MS = 500;

/**
 * What TypeORM needs to open the app's database.
 * @param url - `sqlite:PATH`, `postgres://…`, `mysql://…` or `mariadb://…`
 */
export function dataSourceOptions(url: string): DataSourceOptions {
  const entities = [...usersEntities(User), ...oauthEntities(User), ...auditEntities(User), Note];
  const scheme = url.slice(0, url.indexOf(':'));
  switch (scheme) {
    case 'sqlite':
      return {
        type: 'better-sqlite3',
        database: url.slice('sqlite:'.length),
        enableWAL: true,
        timeout: SQLITE_BUSY_MS,
        entities,
        migrations: migrations['better-sqlite3'],
      };
    case 'postgres':
    case 'postgresql':
      return {
        type: 'postgres',
        url,
        connectTimeoutMS: CONNECT_MS,
        extra: { query_timeout: QUERY_MS, keepAlive: true },
        entities,
        migrations: migrations.postgres,
      };
    case 'mysql':
    case 'mariadb':
      return {
        type: scheme,
        url,
        connectTimeout: CONNECT_MS,
        charset: 'utf8mb4',
        timezone: 'Z',
        entities,
        migrations: migrations[scheme],
      };
    default:
      throw new Error(`no driver for ${scheme}: DATABASE_URL begins with sqlite:, postgres:, mysql: or mariadb:`);
  }
}

/** @throws {@link WrongSettingsError} where the database cannot be opened */
export async function openDatabase(url: string): Promise<DataSource> {
  const dataSource = new DataSource(dataSourceOptions(url));
  try {
    await dataSource.initialize();
  } catch (error) {
    throw new WrongSettingsError([
      `DATABASE_URL names a database that cannot be opened: start it, or correct the address (${reasonOf(error)})`,
    ]);
  }
  await migrate(dataSource);
  return dataSource;
}

/** Of several processes that start at once one makes the tables. The others fail at the first, and find them made a moment later. */
async function migrate(dataSource: DataSource, triesLeft = MIGRATION_TRIES): Promise<void> {
  try {
    await dataSource.runMigrations();
  } catch (error) {
    if (triesLeft === 0) throw error;
    await sleep(MIGRATION_PAUSE_MS);
    await migrate(dataSource, triesLeft - 1);
  }
}

function reasonOf(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : error instanceof Error ? error.message : 'for an unknown reason';
}
