import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

import type { Limiter, LimiterOptions } from '../rate-limit-store.js';

/** How many of the oldest keys are compared when one has to go. */
const CANDIDATES = 16;

interface Entry {
  consumed: number;
  expiresAt: number;
}

/**
 * Counts in this process. `RateLimiterMemory` keeps every key until its window ends, so that somebody with many addresses could
 * fill the memory; here the number of keys is bounded. When it is full, the key with the fewest tries among the oldest goes:
 * whoever floods it with new keys pushes out his own, not the account that is under attack.
 */
export class MemoryLimiter implements Limiter {
  private readonly limiter: RateLimiterMemory;
  /** In the order in which their windows began. */
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly options: LimiterOptions,
    private readonly maxKeys = 20_000,
  ) {
    this.limiter = new RateLimiterMemory({
      keyPrefix: '',
      points: options.points,
      duration: options.durationSeconds,
      blockDuration: options.blockSeconds,
    });
  }

  /** How many keys are held. */
  get size(): number {
    return this.entries.size;
  }

  async consume(key: string): Promise<RateLimiterRes> {
    this.admit(key, this.options.durationSeconds);
    try {
      // Counted in this tick: RateLimiterMemory does its work before it answers with a promise, so that a burst gets no more tries.
      return this.noted(key, await this.limiter.consume(key));
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) {
        this.noted(key, refusal);
      }
      throw refusal;
    }
  }

  async reward(key: string): Promise<void> {
    // A window that has ended has nothing to take back; the count would begin below zero.
    if (this.isOpen(key)) {
      this.noted(key, await this.limiter.reward(key));
    }
  }

  async get(key: string): Promise<RateLimiterRes | null> {
    return this.isOpen(key) ? this.limiter.get(key) : null;
  }

  async set(key: string, points: number, durationSeconds: number): Promise<void> {
    this.drop(key);
    this.admit(key, durationSeconds);
    this.noted(key, await this.limiter.set(key, points, durationSeconds));
  }

  async delete(key: string): Promise<void> {
    this.drop(key);
  }

  /** Forgets every key, and the timers that end their windows. */
  clear(): void {
    for (const key of this.entries.keys()) {
      this.drop(key);
    }
  }

  private isOpen(key: string): boolean {
    return (this.entries.get(key)?.expiresAt ?? 0) > Date.now();
  }

  private noted(key: string, result: RateLimiterRes): RateLimiterRes {
    const entry = this.entries.get(key);
    if (entry) {
      entry.consumed = result.consumedPoints;
      entry.expiresAt = Date.now() + result.msBeforeNext;
    }
    return result;
  }

  private admit(key: string, durationSeconds: number): void {
    if (this.isOpen(key)) {
      return;
    }
    this.drop(key);
    this.dropEnded();
    if (this.entries.size >= this.maxKeys) {
      this.dropOne();
    }
    this.entries.set(key, { consumed: 0, expiresAt: Date.now() + durationSeconds * 1000 });
  }

  private drop(key: string): void {
    if (this.entries.delete(key)) {
      void this.limiter.delete(key);
    }
  }

  /** Ended windows stand in front, since all have one length, but for those that a block prolongs. */
  private dropEnded(): void {
    const now = Date.now();
    for (const [key, entry] of this.entries) {
      if (entry.expiresAt > now) {
        return;
      }
      this.drop(key);
    }
  }

  private dropOne(): void {
    let least: { key: string; consumed: number } | undefined;
    let seen = 0;
    for (const [key, { consumed }] of this.entries) {
      if (!least || consumed < least.consumed) {
        least = { key, consumed };
      }
      seen += 1;
      if (seen === CANDIDATES) {
        break;
      }
    }
    if (least) {
      this.drop(least.key);
    }
  }
}
