import type { DataSource } from 'typeorm';
import { isSqliteFamily } from './column-types.js';

/**
 * Keeps SQLite from planning anew for each value of a condition whose plan hangs on no value: once ANALYZE has run, it compiles a
 * statement again whenever a parameter changes that an index is searched for. It looks at a parameter alone, and not at an expression
 * such as `+?`, which means the same. Other databases have no such habit, and get the SQL as it is.
 * @param sql - with parameters of the driver's (`?`) or of TypeORM's (`:name`)
 * @see {@link https://www.sqlite.org/c3ref/prepare.html | SQLite, sqlite3_prepare_v2}, the third difference
 */
export function withFixedPlan(dataSource: DataSource, sql: string): string {
  if (!isSqliteFamily(dataSource)) return sql;
  return sql.replaceAll(/"[^"]*"|'[^']*'|\?|:\w+/g, (part) => (/^[?:]/.test(part) ? `+${part}` : part));
}
