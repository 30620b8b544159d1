import { createHash } from 'node:crypto';
import { type DataSource, QueryFailedError } from 'typeorm';
import type { MaybePromise } from '../runtime/maybe-promise.js';

/** The values of a row, in the order in which the query selects them. */
export type Row = readonly unknown[];

/** Reads the first row of a query whose SQL was made once: where the driver can, by a statement that it prepares once. */
export interface RowReader {
  read(parameters: readonly unknown[]): MaybePromise<Row | null>;
}

/**
 * TypeORM's `query` makes a runner, a connection and a result for each call, several times the cost of the query itself. The drivers
 * below it are asked directly; TypeORM's logger is told all the same, and failures are its own QueryFailedError.
 */
export function createRowReader(dataSource: DataSource, sql: string): RowReader {
  switch (dataSource.options.type) {
    case 'better-sqlite3':
      return new SqliteReader(dataSource, sql);
    case 'postgres':
      return new PostgresReader(dataSource, sql);
    default:
      return { read: async (parameters) => firstRow(await dataSource.query(sql, [...parameters])) };
  }
}

/** The part of better-sqlite3 that is needed. */
interface SqliteStatement {
  raw(): SqliteStatement;
  get(...parameters: unknown[]): unknown;
}

interface SqliteConnection {
  prepare(sql: string): SqliteStatement;
}

class SqliteReader implements RowReader {
  private connection?: SqliteConnection;
  private statement?: SqliteStatement;

  constructor(
    private readonly dataSource: DataSource,
    private readonly sql: string,
  ) {}

  read(parameters: readonly unknown[]): Row | null {
    this.dataSource.logger.logQuery(this.sql, [...parameters]);
    try {
      return asRow(this.prepared().get(...parameters));
    } catch (error) {
      throw failed(this.dataSource, this.sql, parameters, error);
    }
  }

  /** A DataSource that was closed and opened again has another connection. */
  private prepared(): SqliteStatement {
    const connection: SqliteConnection = Reflect.get(this.dataSource.driver, 'databaseConnection');
    if (this.statement === undefined || this.connection !== connection) {
      this.statement = connection.prepare(this.sql).raw();
      this.connection = connection;
    }
    return this.statement;
  }
}

/** The part of pg's pool that is needed. */
interface PostgresPool {
  query(query: { name: string; text: string; values: readonly unknown[]; rowMode: 'array' }): Promise<{ rows: unknown[] }>;
}

/** A named statement is parsed and planned once for each connection. The primary is asked: a replica may not know of a logout yet. */
class PostgresReader implements RowReader {
  private readonly name: string;

  constructor(
    private readonly dataSource: DataSource,
    private readonly sql: string,
  ) {
    this.name = `rcu_${createHash('sha256').update(sql).digest('base64url').slice(0, 16)}`;
  }

  async read(parameters: readonly unknown[]): Promise<Row | null> {
    this.dataSource.logger.logQuery(this.sql, [...parameters]);
    try {
      const pool: PostgresPool = Reflect.get(this.dataSource.driver, 'master');
      return firstRow((await pool.query({ name: this.name, text: this.sql, values: parameters, rowMode: 'array' })).rows);
    } catch (error) {
      throw failed(this.dataSource, this.sql, parameters, error);
    }
  }
}

function failed(dataSource: DataSource, sql: string, parameters: readonly unknown[], error: unknown): Error {
  const cause = error instanceof Error ? error : new Error(String(error));
  dataSource.logger.logQueryError(cause, sql, [...parameters]);
  return new QueryFailedError(sql, [...parameters], cause);
}

function firstRow(rows: unknown): Row | null {
  return Array.isArray(rows) ? asRow(rows[0]) : null;
}

/** The drivers that are asked through TypeORM give objects, whose keys are in the order of the query. */
function asRow(value: unknown): Row | null {
  if (Array.isArray(value)) return value;
  return typeof value === 'object' && value !== null ? Object.values(value) : null;
}
