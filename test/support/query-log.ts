import type { Logger } from 'typeorm';

/** One statement, as it went to the driver. */
export interface LoggedQuery {
  sql: string;
  parameters: unknown[];
}

/** TypeORM's logger for a test that looks at the statements themselves. */
export class QueryLog implements Logger {
  private queries: LoggedQuery[] = [];

  logQuery(sql: string, parameters: unknown[] = []): void {
    this.queries.push({ sql, parameters: [...parameters] });
  }

  /** What was asked while the work was done. */
  async during(work: () => Promise<unknown>): Promise<LoggedQuery[]> {
    this.queries = [];
    await work();
    return this.queries;
  }

  logQueryError(): void {}
  logQuerySlow(): void {}
  logSchemaBuild(): void {}
  logMigration(): void {}
  log(): void {}
}
