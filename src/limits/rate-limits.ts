import { createHash } from 'node:crypto';

import { RateLimiterRes } from 'rate-limiter-flexible';

import { TooManyRequestsError } from '../http/http.errors.js';
import type { Logger } from '../runtime/logger.js';
import { InsuredLimiter } from './insured-limiter.js';
import { LIMIT_DEFAULTS, type LimitName, type LimitSetting, limitNames } from './limit-names.js';
import type { Limiter, LimiterOptions, RateLimitStore } from './rate-limit-store.js';
import { StoreHealth } from './store-health.js';
import { MemoryLimiter } from './stores/memory-limiter.js';

/** Seconds that a known key is remembered: 14 days. */
const REMEMBERED_SECONDS = 14 * 24 * 3600;

/**
 * Sets limits one by one: `{ login: { points: 300 }, oauth: false }`. What is left out keeps its default ({@link LIMIT_DEFAULTS}).
 * `store` is where several processes count together. @defaultValue the memory of this process
 */
export type RateLimitOptions = Partial<Record<LimitName, false | Partial<LimitSetting>>> & { store?: RateLimitStore };

/** Counts tries before the work that they cost, so that a burst in parallel gets no more of them than a sequence. */
export class RateLimits {
  private readonly limiters = new Map<LimitName | 'known', Limiter>();
  private readonly memories: MemoryLimiter[] = [];

  /** @param options - `false` switches every limit off; nothing is counted or kept then */
  constructor(options: RateLimitOptions | false | undefined, dependencies: { logger: Logger; timeLimitMs?: number }) {
    if (options === false) {
      return;
    }
    const { store, ...settings } = options ?? {};
    const health = store && new StoreHealth(store, dependencies.logger, dependencies.timeLimitMs);
    for (const name of limitNames()) {
      const setting = settings[name];
      if (setting !== false) {
        this.limiters.set(name, this.limiter(limiterOptions(name, setting), store, health));
      }
    }
    const known = { name: 'known', points: 1, durationSeconds: REMEMBERED_SECONDS, blockSeconds: 0 };
    this.limiters.set('known', this.limiter(known, store, health));
  }

  /** Whether the limit counts anything. */
  isOn(name: LimitName): boolean {
    return this.limiters.has(name);
  }

  /**
   * Counts one try of the key.
   * @param key - what is limited, as it is: a client's address, a normalized mailbox, an account. Only a digest of it is kept
   * @throws {@link TooManyRequestsError} past the limit, with the time until the next try counts again
   */
  async consume(name: LimitName, key: string): Promise<void> {
    const refusal = await this.count(name, key);
    if (refusal !== null) {
      throw new TooManyRequestsError(refusal.msBeforeNext / 1000);
    }
  }

  /** Counts one try of the key. False past the limit, for what is left out in silence, such as a mail. */
  async tryConsume(name: LimitName, key: string): Promise<boolean> {
    return (await this.count(name, key)) === null;
  }

  /** Takes one counted try back: it was none, as a right password is no failure. The other tries of the key stay counted. */
  async giveBack(name: LimitName, key: string): Promise<void> {
    await this.limiters.get(name)?.reward(digest(key));
  }

  /** Forgets every try of the key. */
  async clear(name: LimitName, key: string): Promise<void> {
    await this.limiters.get(name)?.delete(digest(key));
  }

  /** Remembers the key for 14 days from now on. */
  async remember(key: string): Promise<void> {
    await this.limiters.get('known')?.set(digest(key), 1, REMEMBERED_SECONDS);
  }

  /** Whether the key was remembered within 14 days; never where all limits are off. */
  async remembers(key: string): Promise<boolean> {
    const found = await this.limiters.get('known')?.get(digest(key));
    return found !== null && found !== undefined;
  }

  /** Lets go of the memory and its timers. A store's client stays the app's to close. */
  async close(): Promise<void> {
    for (const memory of this.memories) {
      memory.clear();
    }
  }

  /** @returns how the try is refused; null within the limit */
  private async count(name: LimitName, key: string): Promise<RateLimiterRes | null> {
    try {
      await this.limiters.get(name)?.consume(digest(key));
      return null;
    } catch (error) {
      if (error instanceof RateLimiterRes) {
        return error;
      }
      throw error;
    }
  }

  private limiter(options: LimiterOptions, store: RateLimitStore | undefined, health: StoreHealth | undefined): Limiter {
    const memory = new MemoryLimiter(options);
    this.memories.push(memory);
    return store && health ? new InsuredLimiter(store.createLimiter(options), memory, health) : memory;
  }
}

function limiterOptions(name: LimitName, setting: Partial<LimitSetting> = {}): LimiterOptions {
  const { points, durationSeconds } = LIMIT_DEFAULTS[name];
  return {
    name,
    points: setting.points ?? points,
    durationSeconds: setting.durationSeconds ?? durationSeconds,
    blockSeconds: setting.blockSeconds ?? 0,
  };
}

/** An attacker chooses keys and their length, and mailboxes have no place in a store of counters. */
function digest(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}
