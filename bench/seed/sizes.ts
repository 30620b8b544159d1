import Database from 'better-sqlite3';
import pg from 'pg';
import type { DatabaseSettings } from './databases.js';

/** A table without its indexes, or an index. */
export interface RelationSize {
  name: string;
  bytes: number;
}

interface SizeRow {
  name: string;
  bytes: number | string;
}

const OF_SQLITE = 'SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name ORDER BY bytes DESC';
const OF_POSTGRES = `SELECT relname AS name, pg_relation_size(oid) AS bytes FROM pg_class
  WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i') ORDER BY bytes DESC`;

/** What the tables and their indexes take on the disk, the largest first. */
export async function sizesOf(database: DatabaseSettings): Promise<RelationSize[]> {
  const rows = database.type === 'postgres' ? await ofPostgres(database.url) : ofSqlite(database.database);
  return rows.map(({ name, bytes }) => ({ name, bytes: Number(bytes) }));
}

function ofSqlite(path: string): SizeRow[] {
  const connection = new Database(path, { readonly: true });
  try {
    return connection.prepare<[], SizeRow>(OF_SQLITE).all();
  } finally {
    connection.close();
  }
}

async function ofPostgres(url: string): Promise<SizeRow[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<SizeRow>(OF_POSTGRES)).rows;
  } finally {
    await client.end();
  }
}
