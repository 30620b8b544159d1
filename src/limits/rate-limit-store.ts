/** What a store is told of a limit. */
export interface LimiterOptions {
  /** Name of the limit; keys of two limits never meet. */
  name: string;
  points: number;
  durationSeconds: number;
  /** 0: past the limit a key is refused until its window ends. */
  blockSeconds: number;
}

/** Counts the keys of one limit. Every limiter of rate-limiter-flexible is one. */
export interface Limiter {
  /** Counts one try, atomically. Rejects with a `RateLimiterRes` past the limit, with an `Error` when it cannot count. */
  consume(key: string): Promise<unknown>;
  /** Takes one try back. */
  reward(key: string): Promise<unknown>;
  /** What was counted for the key in its present window, or null. */
  get(key: string): Promise<unknown>;
  set(key: string, points: number, durationSeconds: number): Promise<unknown>;
  delete(key: string): Promise<unknown>;
}

/**
 * Where counts are kept when several processes share them: `redisLimits(client)`, `databaseLimits(dataSource)`, or one of the
 * app's own on any limiter of rate-limiter-flexible. While it cannot be reached each process counts in its own memory.
 */
export interface RateLimitStore {
  /** What the log calls it. */
  readonly name: string;
  createLimiter(options: LimiterOptions): Limiter;
  /** False while the store is known to be away, so that nobody waits for it. @defaultValue true: each call finds out */
  isReachable?(): boolean;
  /** Mistakes that can be seen at start, as sentences that say what to write. */
  faults?(): string[];
}
