import { RateLimiterRes } from 'rate-limiter-flexible';

import type { Limiter } from './rate-limit-store.js';
import type { StoreHealth } from './store-health.js';
import type { MemoryLimiter } from './stores/memory-limiter.js';

/**
 * Counts in the shared store, and in memory while that cannot be reached. rate-limiter-flexible's own insurance tells nobody, and
 * waits for a store that hangs.
 */
export class InsuredLimiter implements Limiter {
  constructor(
    private readonly store: Limiter,
    private readonly memory: MemoryLimiter,
    private readonly health: StoreHealth,
  ) {}

  consume(key: string): Promise<unknown> {
    return this.either((limiter) => limiter.consume(key));
  }

  reward(key: string): Promise<unknown> {
    return this.either((limiter) => limiter.reward(key));
  }

  get(key: string): Promise<unknown> {
    return this.either((limiter) => limiter.get(key));
  }

  set(key: string, points: number, durationSeconds: number): Promise<unknown> {
    return this.either((limiter) => limiter.set(key, points, durationSeconds));
  }

  async delete(key: string): Promise<unknown> {
    // What was counted in memory while the store was away is forgiven too.
    await this.memory.delete(key);
    return this.either((limiter) => limiter.delete(key));
  }

  private async either(work: (limiter: Limiter) => Promise<unknown>): Promise<unknown> {
    if (!this.health.mayTry()) {
      return work(this.memory);
    }
    try {
      const result = await this.health.inTime(work(this.store));
      this.health.noteAnswer();
      return result;
    } catch (error) {
      if (error instanceof RateLimiterRes) {
        this.health.noteAnswer();
        throw error;
      }
      this.health.noteFailure(error);
      return work(this.memory);
    }
  }
}
