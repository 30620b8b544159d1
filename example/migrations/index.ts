import { Initial1795500000000 as SqliteInitial } from './better-sqlite3/1795500000000-initial.js';
import { Initial1795500000000 as MariadbInitial } from './mariadb/1795500000000-initial.js';
import { Initial1795500000000 as MysqlInitial } from './mysql/1795500000000-initial.js';
import { Initial1795500000000 as PostgresInitial } from './postgres/1795500000000-initial.js';

/** By the driver, since types and quotes differ; MariaDB has a type for UUIDs that MySQL has not. */
export const migrations = {
  'better-sqlite3': [SqliteInitial],
  postgres: [PostgresInitial],
  mariadb: [MariadbInitial],
  mysql: [MysqlInitial],
};
