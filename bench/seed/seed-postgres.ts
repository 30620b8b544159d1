import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { SESSION_COLUMNS, type SeedSize, sessionRow, USER_COLUMNS, userRow, type Value } from './rows.js';

const ROWS_AT_ONCE = 500;

interface IndexRow {
  indexname: string;
  indexdef: string;
}

/** Fills the two tables by COPY; their indexes are made afterwards, which takes a fraction of the time that keeping them would. */
export async function seedPostgres(url: string, size: SeedSize, hashedPassword: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  // The rows fit each other; checking each reference would take as long as writing it.
  await client.query("SET session_replication_role = 'replica'; SET maintenance_work_mem = '512MB'");
  const { rows: dropped } = await client.query<IndexRow>(
    `SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('users', 'user_session')
       AND indexname NOT IN (SELECT conname FROM pg_constraint)`,
  );
  for (const { indexname } of dropped) await client.query(`DROP INDEX "${indexname}"`);
  const now = Date.now();
  await copy(client, 'users', USER_COLUMNS, size.users, (user) => userRow(user, hashedPassword));
  await copy(client, 'user_session', SESSION_COLUMNS, size.sessions, (session) => sessionRow(session, size, now));
  for (const { indexdef } of dropped) await client.query(indexdef);
  await client.query('VACUUM ANALYZE users');
  await client.query('VACUUM ANALYZE user_session');
  await client.query('CHECKPOINT');
  await client.end();
}

async function copy(
  client: pg.Client,
  table: string,
  columns: readonly string[],
  count: number,
  rowOf: (number: number) => Value[],
): Promise<void> {
  const names = columns.map((column) => `"${column}"`).join(', ');
  await pipeline(Readable.from(lines(count, rowOf)), client.query(copyFrom(`COPY "${table}" (${names}) FROM STDIN`)));
}

/** The text form of COPY. No value holds a tab, a newline or a backslash. */
function* lines(count: number, rowOf: (number: number) => Value[]): Generator<string> {
  for (let first = 1; first <= count; first += ROWS_AT_ONCE) {
    let text = '';
    for (let number = first; number < first + ROWS_AT_ONCE && number <= count; number += 1) {
      text += `${rowOf(number).map(asText).join('\t')}\n`;
    }
    yield text;
  }
}

function asText(value: Value): string {
  if (value === null) return '\\N';
  return value instanceof Date ? value.toISOString() : String(value);
}
