import { createHash } from 'node:crypto';
import { ConnectionIsNotSetError, type DataSource, QueryFailedError } from 'typeorm';
import type { MaybePromise } from '../runtime/maybe-promise.js';
import { withFixedPlan } from './fixed-plan.js';

/** The values of a row, in the order in which the query selects them. */
export type Row = readonly unknown[];

/** A statement whose SQL was made once: where the driver can, it is prepared once too. */
export interface CompiledStatement {
  /** The first row that it reads, or null. */
  first(parameters: readonly unknown[]): MaybePromise<Row | null>;
  /** Runs it, and tells how many rows it changed. */
  change(parameters: readonly unknown[]): MaybePromise<number>;
}

/**
 * TypeORM's `query` makes a runner, a connection and a result for each call, several times the cost of the query itself. The drivers
 * below it are asked directly; TypeORM's logger is told all the same, and failures are its own QueryFailedError.
 */
export function compileStatement(dataSource: DataSource, sql: string): CompiledStatement {
  switch (dataSource.options.type) {
    case 'better-sqlite3':
      return new SqliteStatement(dataSource, sql);
    case 'postgres':
      return new PostgresStatement(dataSource, sql);
    default:
      return new TypeormStatement(dataSource, sql);
  }
}

/** The part of better-sqlite3 that is needed. */
interface NativeStatement {
  readonly reader: boolean;
  raw(): NativeStatement;
  get(...parameters: unknown[]): unknown;
  run(...parameters: unknown[]): { changes: number };
}

interface NativeConnection {
  prepare(sql: string): NativeStatement;
}

class SqliteStatement implements CompiledStatement {
  private readonly sql: string;
  private connection?: NativeConnection;
  private statement?: NativeStatement;

  constructor(
    private readonly dataSource: DataSource,
    sql: string,
  ) {
    this.sql = withFixedPlan(dataSource, sql);
  }

  first(parameters: readonly unknown[]): Row | null {
    this.dataSource.logger.logQuery(this.sql, [...parameters]);
    try {
      return asRow(this.prepared().get(...parameters));
    } catch (error) {
      throw failed(this.dataSource, this.sql, parameters, error);
    }
  }

  change(parameters: readonly unknown[]): number {
    this.dataSource.logger.logQuery(this.sql, [...parameters]);
    try {
      return this.prepared().run(...parameters).changes;
    } catch (error) {
      throw failed(this.dataSource, this.sql, parameters, error);
    }
  }

  /** A DataSource that was closed and opened again has another connection. */
  private prepared(): NativeStatement {
    const connection: NativeConnection = Reflect.get(this.dataSource.driver, 'databaseConnection');
    if (this.statement === undefined || this.connection !== connection) {
      const statement = connection.prepare(this.sql);
      this.statement = statement.reader ? statement.raw() : statement;
      this.connection = connection;
    }
    return this.statement;
  }
}

/** The part of pg's pool that is needed. */
interface PostgresPool {
  query(query: PostgresQuery): Promise<{ rows: unknown[]; rowCount: number | null }>;
}

interface PostgresQuery {
  name: string;
  text: string;
  values: readonly unknown[];
  rowMode: 'array';
}

/** A named statement is parsed and planned once for each connection. The primary is asked: a replica may not know of a logout yet. */
class PostgresStatement implements CompiledStatement {
  private readonly name: string;

  constructor(
    private readonly dataSource: DataSource,
    private readonly sql: string,
  ) {
    this.name = `rcu_${createHash('sha256').update(sql).digest('base64url').slice(0, 16)}`;
  }

  async first(parameters: readonly unknown[]): Promise<Row | null> {
    return asRow((await this.query(parameters)).rows[0]);
  }

  async change(parameters: readonly unknown[]): Promise<number> {
    return (await this.query(parameters)).rowCount ?? 0;
  }

  private async query(parameters: readonly unknown[]) {
    this.dataSource.logger.logQuery(this.sql, [...parameters]);
    try {
      const pool: PostgresPool | undefined = Reflect.get(this.dataSource.driver, 'master');
      if (pool === undefined) throw new ConnectionIsNotSetError('postgres');
      return await pool.query({ name: this.name, text: this.sql, values: parameters, rowMode: 'array' });
    } catch (error) {
      throw failed(this.dataSource, this.sql, parameters, error);
    }
  }
}

/** The other drivers, asked by TypeORM's own way. */
class TypeormStatement implements CompiledStatement {
  constructor(
    private readonly dataSource: DataSource,
    private readonly sql: string,
  ) {}

  async first(parameters: readonly unknown[]): Promise<Row | null> {
    const rows: unknown = await this.dataSource.query(this.sql, [...parameters]);
    return Array.isArray(rows) ? asRow(rows[0]) : null;
  }

  async change(parameters: readonly unknown[]): Promise<number> {
    const runner = this.dataSource.createQueryRunner();
    try {
      return (await runner.query(this.sql, [...parameters], true)).affected ?? 0;
    } finally {
      await runner.release();
    }
  }
}

function failed(dataSource: DataSource, sql: string, parameters: readonly unknown[], error: unknown): Error {
  const cause = error instanceof Error ? error : new Error(String(error));
  dataSource.logger.logQueryError(cause, sql, [...parameters]);
  return new QueryFailedError(sql, [...parameters], cause);
}

/** The drivers that are asked through TypeORM give objects, whose keys are in the order of the query. */
function asRow(value: unknown): Row | null {
  if (Array.isArray(value)) return value;
  return typeof value === 'object' && value !== null ? Object.values(value) : null;
}
