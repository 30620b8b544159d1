import { Initial1795500000000 as SqliteInitial } from './better-sqlite3/1795500000000-initial.js';
import { AddOauth1795510000000 as SqliteAddOauth } from './better-sqlite3/1795510000000-add-oauth.js';
import { Initial1795500000000 as MariadbInitial } from './mariadb/1795500000000-initial.js';
import { AddOauth1795510000000 as MariadbAddOauth } from './mariadb/1795510000000-add-oauth.js';
import { Initial1795500000000 as MysqlInitial } from './mysql/1795500000000-initial.js';
import { AddOauth1795510000000 as MysqlAddOauth } from './mysql/1795510000000-add-oauth.js';
import { Initial1795500000000 as PostgresInitial } from './postgres/1795500000000-initial.js';
import { AddOauth1795510000000 as PostgresAddOauth } from './postgres/1795510000000-add-oauth.js';

/** By the driver, since types and quotes differ; MariaDB has a type for UUIDs that MySQL has not. */
export const migrations = {
  'better-sqlite3': [SqliteInitial, SqliteAddOauth],
  postgres: [PostgresInitial, PostgresAddOauth],
  mariadb: [MariadbInitial, MariadbAddOauth],
  mysql: [MysqlInitial, MysqlAddOauth],
};
