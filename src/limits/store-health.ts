import { performance } from 'node:perf_hooks';

import { describeError } from '../runtime/describe-error.js';
import type { Logger } from '../runtime/logger.js';
import { withinTime } from '../runtime/time-limit.js';
import type { RateLimitStore } from './rate-limit-store.js';

/** Milliseconds that a count may take. A store that hangs must not hang every login. */
const TIME_LIMIT_MS = 1000;
/** Milliseconds between two tries to reach a store that was down. */
const RETRY_MS = 1000;

/** Whether the shared store can be reached, told once to the log when it changes. All limits of a store share it. */
export class StoreHealth {
  private down = false;
  private nextTry = 0;

  constructor(
    private readonly store: RateLimitStore,
    private readonly logger: Logger,
    private readonly timeLimitMs: number = TIME_LIMIT_MS,
  ) {}

  /** True while the store is up; while it is down, for one call a second. */
  mayTry(): boolean {
    if (this.store.isReachable?.() === false) {
      this.noteFailure(new Error('not connected'));
      return false;
    }
    if (!this.down) {
      return true;
    }
    const now = performance.now();
    if (now < this.nextTry) {
      return false;
    }
    this.nextTry = now + RETRY_MS;
    return true;
  }

  /** Takes note that the store has answered. */
  noteAnswer(): void {
    if (this.down) {
      this.down = false;
      this.logger.info(`Rate limits are kept in ${this.store.name} again.`);
    }
  }

  /** Takes note that the store cannot be reached. */
  noteFailure(error: unknown): void {
    this.nextTry = performance.now() + RETRY_MS;
    if (!this.down) {
      this.down = true;
      const reason = describeError(error).message;
      this.logger.error(
        `Rate limits cannot be kept in ${this.store.name} (${reason}). Each process counts in its own memory meanwhile.`,
      );
    }
  }

  /** The result, or an error once the time is up. */
  inTime<T>(work: Promise<T>): Promise<T> {
    return withinTime(work, this.timeLimitMs);
  }
}
