import type { EntityManager, EntityMetadata } from 'typeorm';
import { escapedTable } from './escaped-table.js';

const COLUMN = `pg_attribute a JOIN pg_collation c ON c.oid = a.attcollation
  WHERE a.attrelid = to_regclass($1) AND a.attname = $2`;

/** Before PostgreSQL 15 a database has no provider: all is of the C library. */
const PROVIDER = "COALESCE(NULLIF(c.collprovider::text, 'd'), to_jsonb(d) ->> 'datlocprovider', 'c')";
const LOCALE = "CASE c.collprovider WHEN 'd' THEN d.datcollate ELSE c.collcollate END";

/** The provider of PostgreSQL's own (`b`, from version 17) knows no language. */
const SORTS_BY_CODE_POINT = `SELECT 1 FROM pg_database d, ${COLUMN} AND d.datname = current_database()
  AND CASE ${PROVIDER} WHEN 'b' THEN true WHEN 'c' THEN ${LOCALE} ~* '^(C|POSIX|C\\.UTF-?8)$' ELSE false END`;

const HAS_INDEX_BY_CODE_POINT = `SELECT 1 FROM pg_index i, ${COLUMN} AND i.indrelid = a.attrelid AND i.indisvalid
  AND i.indpred IS NULL AND i.indkey[0] = a.attnum AND i.indcollation[0] = (SELECT oid FROM pg_collation WHERE collname = 'C')`;

/**
 * Whether a column is sorted by code point, so that what begins with the same letters stands side by side. Only PostgreSQL may sort by a
 * language, the database's: there `-` counts for nothing and `é` stands beside `e`.
 */
export function sortsByCodePoint(manager: EntityManager, metadata: EntityMetadata, property: string): Promise<boolean> {
  return finds(SORTS_BY_CODE_POINT, manager, metadata, property);
}

/** Whether an index serves a comparison by code point of a column that is sorted otherwise. */
export function hasIndexByCodePoint(manager: EntityManager, metadata: EntityMetadata, property: string): Promise<boolean> {
  return finds(HAS_INDEX_BY_CODE_POINT, manager, metadata, property);
}

async function finds(sql: string, manager: EntityManager, metadata: EntityMetadata, property: string): Promise<boolean> {
  if (manager.connection.options.type !== 'postgres') return true;
  const column = metadata.findColumnWithPropertyName(property)?.databaseName;
  const rows: unknown = await manager.query(sql, [escapedTable(metadata), column]);
  return Array.isArray(rows) && rows.length > 0;
}
