import { usersEntities } from 'routing-controllers-users';
import { auditEntities } from 'routing-controllers-users/audit';
import { oauthEntities } from 'routing-controllers-users/oauth';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { migrate } from './migrate.js';
import { migrations } from './migrations/index.js';
import { Note } from './notes/note.entity.js';
import { User } from './user.entity.js';
import { WrongSettingsError } from './wrong-settings.error.js';

/** A server that does not answer by then is down: the request gets its 503, and the next one tries again. */
const CONNECT_MS = 2000;
const QUERY_MS = 15_000;
const SQLITE_BUSY_MS = 5000;

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

/** @throws {@link WrongSettingsError} where the database cannot be opened, or is another's */
export async function openDatabase(url: string): Promise<DataSource> {
  // TypeORM's other loggers tell of a migration that failed, beside the line that says what to do.
  const dataSource = new DataSource({ ...dataSourceOptions(url), logger: 'debug' });
  try {
    await dataSource.initialize();
  } catch (error) {
    throw new WrongSettingsError([
      `DATABASE_URL names a database that cannot be opened: start it, or correct the address (${reasonOf(error)})`,
    ]);
  }
  try {
    await migrate(dataSource);
  } catch (error) {
    throw new WrongSettingsError([
      `DATABASE_URL names a database in which the tables cannot be made: name an empty one, whose user may make them (${firstLineOf(error)})`,
    ]);
  }
  return dataSource;
}

function reasonOf(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : error instanceof Error ? error.message : 'for an unknown reason';
}

/** What was refused, in the words of the database, which knows the names of tables and users and no secret. */
function firstLineOf(error: unknown): string {
  return error instanceof Error ? error.message.split('\n', 1)[0] || error.name : 'for an unknown reason';
}
