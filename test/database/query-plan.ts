import type { DataSource } from 'typeorm';
import type { LoggedQuery } from '../support/query-log.js';

/** Which statements have a plan, and read or write a table by it. */
const PLANNED = /^\s*(SELECT|UPDATE|DELETE)\b/i;

/** What a database does for some statements, as far as it tells whether it will still be quick at a million rows. */
export interface QueryPlan {
  /** Steps that read a table from end to end; none is what a test wants. */
  scans: string[];
  /** Steps that sort what was found. */
  sorts: string[];
  /** Everything, for the message of a test that fails. */
  text: string;
}

/** Asks the database for its plans. Statements without one, as those of transactions, are left out. */
export async function explain(dataSource: DataSource, queries: readonly LoggedQuery[]): Promise<QueryPlan> {
  const planned = queries.filter(({ sql }) => PLANNED.test(sql));
  const steps: string[] = [];
  const text: string[] = [];
  for (const { sql, parameters } of planned) {
    const lines = await stepsOf(dataSource, sql, parameters);
    steps.push(...lines);
    text.push(sql.slice(0, 200), ...lines.map((line) => `  ${line}`));
  }
  if (steps.length === 0) throw new Error('There was no statement to explain.');
  return { scans: steps.filter(isScan), sorts: steps.filter(isSort), text: text.join('\n') };
}

async function stepsOf(dataSource: DataSource, sql: string, parameters: readonly unknown[]): Promise<string[]> {
  const ask = (prefix: string): Promise<Record<string, unknown>[]> => dataSource.query(`${prefix} ${sql}`, [...parameters]);
  switch (dataSource.options.type) {
    case 'better-sqlite3':
      return (await ask('EXPLAIN QUERY PLAN')).map(({ detail }) => String(detail));
    case 'postgres':
      return (await ask('EXPLAIN')).map((row) => String(row['QUERY PLAN']).trim());
    default:
      return (await ask('EXPLAIN')).map(({ table, type, key, Extra }) => `${table}: ${type} by ${key}; ${Extra}`);
  }
}

/**
 * SQLite says SCAN for a walk along an index too, which a limit ends; MySQL says `index` for it.
 */
function isScan(step: string): boolean {
  return /\bSeq Scan\b/.test(step) || /^SCAN (?!.*\bINDEX\b)/.test(step) || /^\S+: ALL\b/.test(step);
}

function isSort(step: string): boolean {
  return /\bSort\b/.test(step) || /TEMP B-TREE/.test(step) || /filesort/.test(step);
}
