import { RateLimiterRes } from 'rate-limiter-flexible';
import { type DataSource, QueryFailedError } from 'typeorm';
import { isRecord } from '../../runtime/records.js';
import type { Limiter, LimiterOptions } from '../rate-limit-store.js';
import { type CounterStatements, counterStatements } from './counter-statements.js';

/** One count in so many removes ended windows. */
const COUNTS_BETWEEN_SWEEPS = 100;
/** How often a statement is tried that the database breaks off for a deadlock. */
const TRIES_AT_DEADLOCK = 3;
/** PostgreSQL's, CockroachDB's and mysql's names for it. */
const DEADLOCK_CODES: readonly unknown[] = ['40P01', '40001', 'ER_LOCK_DEADLOCK'];

/**
 * Counts in the app's database, in a statement of its own outside of the app's transactions. `RateLimiterPostgres` and its kin
 * create their table themselves, need a driver's own client each, and know neither the app's migrations nor its naming strategy.
 */
export class DatabaseLimiter implements Limiter {
  private statements: CounterStatements | undefined;
  private counts = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly options: LimiterOptions,
  ) {}

  async consume(key: string): Promise<RateLimiterRes> {
    const { points, durationSeconds, blockSeconds } = this.options;
    const now = Date.now();
    const id = this.id(key);
    const { count, countReturnsRow } = this.sql;
    const answer = await this.run(count, [id, now + durationSeconds * 1000, now, now]);
    const window = countReturnsRow ? firstRow(answer) : await this.windowOnMysql(answer, id, now);
    await this.sweepNowAndThen(now);
    if (window.tries <= points) {
      return new RateLimiterRes(points - window.tries, window.endsAt - now, window.tries, window.tries === 1);
    }
    if (blockSeconds > 0 && window.tries === points + 1) {
      window.endsAt = now + blockSeconds * 1000;
      await this.run(this.sql.prolong, [window.endsAt, id]);
    }
    throw new RateLimiterRes(0, Math.max(window.endsAt - now, 0), window.tries, false);
  }

  async reward(key: string): Promise<void> {
    await this.run(this.sql.takeBack, [this.id(key), Date.now()]);
  }

  async get(key: string): Promise<RateLimiterRes | null> {
    const now = Date.now();
    const window = findRow(await this.run(this.sql.read, [this.id(key), now]));
    return (
      window && new RateLimiterRes(Math.max(this.options.points - window.tries, 0), window.endsAt - now, window.tries, false)
    );
  }

  async set(key: string, points: number, durationSeconds: number): Promise<void> {
    const endsAt = Date.now() + durationSeconds * 1000;
    await this.run(this.sql.put, [this.id(key), points, endsAt, points, endsAt]);
  }

  async delete(key: string): Promise<void> {
    await this.run(this.sql.remove, [this.id(key)]);
  }

  /** Made at the first need: the entities' metadata is there once the DataSource is initialized. */
  private get sql(): CounterStatements {
    this.statements ??= counterStatements(this.dataSource);
    return this.statements;
  }

  private id(key: string): string {
    return `${this.options.name}:${key}`;
  }

  private async windowOnMysql(answer: unknown, id: string, now: number): Promise<Window> {
    const endsAt = now + this.options.durationSeconds * 1000;
    // A first try is an insert, and has no insert id.
    const tries = isRecord(answer) ? Number(answer.insertId) || 1 : 1;
    if (tries <= this.options.points) {
      return { tries, endsAt };
    }
    // Only who is refused needs to know when the window ends.
    const window = findRow(await this.run(this.sql.read, [id, now]));
    return { tries, endsAt: window?.endsAt ?? now };
  }

  private async sweepNowAndThen(now: number): Promise<void> {
    this.counts += 1;
    if (this.counts % COUNTS_BETWEEN_SWEEPS === 0) {
      await this.run(this.sql.sweep, [now]);
    }
  }

  private async run(sql: string, parameters: (string | number)[]): Promise<unknown> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.dataSource.query<unknown>(sql, parameters);
      } catch (error) {
        if (attempt === TRIES_AT_DEADLOCK || !isDeadlock(error)) {
          throw error;
        }
      }
    }
  }
}

interface Window {
  tries: number;
  endsAt: number;
}

function firstRow(rows: unknown): Window {
  const window = findRow(rows);
  if (!window) {
    throw new Error('the count gave no row back');
  }
  return window;
}

function findRow(rows: unknown): Window | null {
  const row: unknown = Array.isArray(rows) ? rows[0] : undefined;
  // PostgreSQL's driver gives a bigint as a string.
  return isRecord(row) ? { tries: Number(row.tries), endsAt: Number(row.ends) } : null;
}

function isDeadlock(error: unknown): boolean {
  return error instanceof QueryFailedError && isRecord(error.driverError) && DEADLOCK_CODES.includes(error.driverError.code);
}
