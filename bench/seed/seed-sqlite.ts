import Database from 'better-sqlite3';
import { SESSION_COLUMNS, type SeedSize, sessionRow, USER_COLUMNS, userRow, type Value } from './rows.js';

interface IndexRow {
  name: string;
  sql: string;
}

/**
 * Fills the two tables. Their indexes are made afterwards, which takes a fraction of the time that keeping them would. They are not
 * ANALYZEd, which would slow the floor down: SQLite plans TypeORM's look-up by key anew from then on, and the library's not.
 */
export function seedSqlite(path: string, size: SeedSize, hashedPassword: string): void {
  const database = new Database(path);
  // A crash costs the seeding alone.
  database.pragma('synchronous = OFF');
  database.pragma('foreign_keys = OFF');
  database.pragma('cache_size = -500000');
  const indexes = database.prepare<[], IndexRow>("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL");
  const dropped = indexes.all();
  for (const { name } of dropped) database.exec(`DROP INDEX "${name}"`);
  const now = Date.now();
  fill(database, 'users', USER_COLUMNS, size.users, (user) => userRow(user, hashedPassword));
  fill(database, 'user_session', SESSION_COLUMNS, size.sessions, (session) => sessionRow(session, size, now));
  for (const { sql } of dropped) database.exec(sql);
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
}

function fill(
  database: Database.Database,
  table: string,
  columns: readonly string[],
  count: number,
  rowOf: (number: number) => Value[],
): void {
  const names = columns.map((column) => `"${column}"`).join(', ');
  const insert = database.prepare(`INSERT INTO "${table}" (${names}) VALUES (${columns.map(() => '?').join(', ')})`);
  database.transaction(() => {
    for (let number = 1; number <= count; number += 1) insert.run(rowOf(number).map(asColumn));
  })();
}

/** As TypeORM keeps them. */
function asColumn(value: Value): string | number | null {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value instanceof Date ? value.toISOString().replace('T', ' ').replace('Z', '') : value;
}
