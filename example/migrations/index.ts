import { Initial1795500000000 as SqliteInitial } from './better-sqlite3/1795500000000-initial.js';
import { AddOauth1795510000000 as SqliteAddOauth } from './better-sqlite3/1795510000000-add-oauth.js';
import { AddAudit1795520000000 as SqliteAddAudit } from './better-sqlite3/1795520000000-add-audit.js';
import { Initial1795500000000 as MariadbInitial } from './mariadb/1795500000000-initial.js';
import { AddOauth1795510000000 as MariadbAddOauth } from './mariadb/1795510000000-add-oauth.js';
import { AddAudit1795520000000 as MariadbAddAudit } from './mariadb/1795520000000-add-audit.js';
import { Initial1795500000000 as MysqlInitial } from './mysql/1795500000000-initial.js';
import { AddOauth1795510000000 as MysqlAddOauth } from './mysql/1795510000000-add-oauth.js';
import { AddAudit1795520000000 as MysqlAddAudit } from './mysql/1795520000000-add-audit.js';
import { Initial1795500000000 as PostgresInitial } from './postgres/1795500000000-initial.js';
import { AddOauth1795510000000 as PostgresAddOauth } from './postgres/1795510000000-add-oauth.js';
import { AddAudit1795520000000 as PostgresAddAudit } from './postgres/1795520000000-add-audit.js';
import { IndexSearch1795530000000 as PostgresIndexSearch } from './postgres/1795530000000-index-search.js';

/** By the driver, since types and quotes differ; MariaDB has a type for UUIDs that MySQL has not. */
export const migrations = {
  'better-sqlite3': [SqliteInitial, SqliteAddOauth, SqliteAddAudit],
  postgres: [PostgresInitial, PostgresAddOauth, PostgresAddAudit, PostgresIndexSearch],
  mariadb: [MariadbInitial, MariadbAddOauth, MariadbAddAudit],
  mysql: [MysqlInitial, MysqlAddOauth, MysqlAddAudit],
};
