import type { DataSource } from 'typeorm';

/** A database that went away, and a fault that nobody foresaw. */
export type FailureCode = 'ECONNRESET' | 'UNFORESEEN';

interface Connection {
  prepare(sql: string): object;
}

/** A statement of a request that a test lets fail, in the place where the driver would run it. */
export class FailingStatements {
  private failing: { at: number; code: FailureCode } | null = null;
  private seen = 0;
  private failed: string | null = null;

  /** Stands between TypeORM and its SQLite driver from now on, and does nothing until it is told to. */
  static in(dataSource: DataSource): FailingStatements {
    const statements = new FailingStatements();
    const connection: Connection = Reflect.get(dataSource.driver, 'databaseConnection');
    const prepare = connection.prepare.bind(connection);
    connection.prepare = (sql) => statements.watch(sql, prepare(sql));
    return statements;
  }

  /**
   * Lets one statement fail while the work is done, once.
   * @param at - which one, from 1
   * @returns the statement that failed; null where the work has fewer
   */
  async during(at: number, code: FailureCode, work: () => Promise<void>): Promise<string | null> {
    this.failing = { at, code };
    this.seen = 0;
    this.failed = null;
    try {
      await work();
    } finally {
      this.failing = null;
    }
    return this.failed;
  }

  private watch(sql: string, statement: object): object {
    const watched: object = new Proxy(statement, {
      get: (target, property) => {
        const value: unknown = Reflect.get(target, property);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          if (property === 'raw') {
            Reflect.apply(value, target, args);
            return watched;
          }
          if (property === 'all' || property === 'get' || property === 'run') this.step(sql, args);
          return Reflect.apply(value, target, args);
        };
      },
    });
    return watched;
  }

  private step(sql: string, parameters: readonly unknown[]): void {
    if (this.failing === null) return;
    this.seen += 1;
    if (this.seen !== this.failing.at) return;
    this.failed = sql;
    // Drivers' messages hold values of the row: these hold all, so that whoever logs or answers them is found out.
    throw Object.assign(new Error(`${sql} ${JSON.stringify(parameters)}`), { code: this.failing.code });
  }
}
