import { availableParallelism } from 'node:os';
import { ServiceUnavailableError } from '../http/http.errors.js';
import { EventLoopLoad } from '../runtime/event-loop-load.js';
import { UsersSetupError } from '../runtime/setup-error.js';

export interface HashQueueOptions {
  /**
   * Jobs that run at once. More than the processors help nothing; nor do more than the threads of libuv's pool (`UV_THREADPOOL_SIZE`, 4
   * unless set), but for bcrypt on Linux, which has threads of its own. As many as the pool's leave none for files and DNS.
   * @defaultValue the processors, and at most one less than the pool's threads; where that is every processor, one less while the event
   * loop is busy for more than half of the time, and each rests for a quarter of a job's time after it, so that other requests come first
   */
  concurrency?: number;
  /** Jobs that wait. More make people wait longer, fewer send them away sooner. @defaultValue 64 for each that runs at once */
  maxQueued?: number;
  /** Jobs of one client that wait, so that nobody fills the queue alone. @defaultValue half of `maxQueued`, and at least 4 */
  maxQueuedPerClient?: number;
}

const QUEUED_PER_SLOT = 64;
const LEAST_SHARE = 4;
const POOL_THREADS = 4;

/** What a job is thought to take before one was measured. */
const ASSUMED_JOB_MILLISECONDS = 250;

/**
 * Of a job's time, after it, while the event loop is busy. A processor that never rests is one where Linux moves nothing to: whatever
 * works with the event loop (a proxy, a database) would stay on the event loop's own.
 */
const REST_SHARE = 0.25;

/** The weight of the newest job in the mean. */
const NEWEST_WEIGHT = 0.1;
const MOST_RETRY_SECONDS = 60;

/**
 * Runs costly jobs, a bounded number at once and a bounded number waiting. Clients take turns: one who sends many waits behind
 * his own, not the others behind him. Jobs run off the event loop by themselves; the queue only decides when they start.
 */
export class HashQueue {
  readonly #concurrency: number;
  /** Unless told how many jobs run at once, the queue leaves a processor to an event loop that needs it. */
  readonly #eventLoop: EventLoopLoad | undefined;
  readonly #maxQueued: number;
  readonly #maxQueuedPerClient: number;

  /** Starts of waiting jobs by client. Its order is the order of turns: who had his goes to the end. */
  readonly #waiting = new Map<string | undefined, (() => void)[]>();
  readonly #idleListeners: (() => void)[] = [];
  #queued = 0;
  #running = 0;
  #meanMilliseconds = ASSUMED_JOB_MILLISECONDS;

  /** @throws {@link UsersSetupError} when a number is no whole number of at least 1 (0 for those that wait) */
  constructor(options: HashQueueOptions = {}) {
    const faults = Object.entries({ concurrency: 1, maxQueued: 0, maxQueuedPerClient: 0 } as const).flatMap(([name, least]) => {
      const value = options[name as keyof HashQueueOptions];
      return value === undefined || (Number.isInteger(value) && value >= least)
        ? []
        : [`new HashQueue({ ${name} }): ${name} is a whole number of at least ${least}.`];
    });
    if (faults.length > 0) {
      throw new UsersSetupError(faults);
    }
    this.#concurrency = options.concurrency ?? defaultConcurrency();
    if (options.concurrency === undefined && this.#concurrency > 1 && this.#concurrency >= availableParallelism()) {
      this.#eventLoop = new EventLoopLoad();
    }
    this.#maxQueued = options.maxQueued ?? QUEUED_PER_SLOT * this.#concurrency;
    this.#maxQueuedPerClient = options.maxQueuedPerClient ?? Math.max(LEAST_SHARE, Math.floor(this.#maxQueued / 2));
  }

  /**
   * Runs the job when its client's turn comes.
   * @param client - whose share it counts against, such as an IP address; undefined is the app's own code, which has no share
   * @returns what the job returns
   * @throws {@link ServiceUnavailableError} at once, and the job is never run, when the queue or the client's share of it is full
   * @throws whatever the job throws
   */
  async run<T>(client: string | undefined, job: () => Promise<T>): Promise<T> {
    if (this.#queued > 0 || this.#running >= this.#slots()) {
      await this.#turn(client);
    } else {
      this.#running += 1;
    }
    const startedAt = performance.now();
    try {
      return await job();
    } finally {
      if (this.#eventLoop?.isBusy()) {
        setTimeout(() => this.#freeSlot(startedAt), (performance.now() - startedAt) * REST_SHARE);
      } else {
        this.#freeSlot(startedAt);
      }
    }
  }

  /** Resolves once nothing runs and nothing waits: at once when that is so now. */
  async idle(): Promise<void> {
    if (this.#running > 0) {
      await new Promise<void>((resolve) => this.#idleListeners.push(resolve));
    }
  }

  #freeSlot(takenAt: number): void {
    this.#meanMilliseconds += NEWEST_WEIGHT * (performance.now() - takenAt - this.#meanMilliseconds);
    this.#running -= 1;
    this.#startWaiting();
  }

  /** Waits for a slot; it counts as running by then. */
  #turn(client: string | undefined): Promise<void> {
    const own = this.#waiting.get(client) ?? [];
    const isShareFull = client !== undefined && own.length >= this.#maxQueuedPerClient;
    if (isShareFull || this.#queued >= this.#maxQueued) {
      throw new ServiceUnavailableError(this.#secondsUntilRoom());
    }
    this.#waiting.set(client, own);
    this.#queued += 1;
    const turn = new Promise<void>((resolve) => own.push(resolve));
    this.#startWaiting();
    return turn;
  }

  /** Gives the slots that are free to the clients whose turn it is. */
  #startWaiting(): void {
    while (this.#queued > 0 && this.#running < this.#slots()) {
      this.#startNext();
    }
    if (this.#running === 0) {
      for (const resolve of this.#idleListeners.splice(0)) {
        resolve();
      }
    }
  }

  #startNext(): void {
    for (const [client, own] of this.#waiting) {
      const start = own.shift();
      this.#waiting.delete(client);
      if (own.length > 0) {
        this.#waiting.set(client, own);
      }
      if (start) {
        this.#queued -= 1;
        this.#running += 1;
        start();
        return;
      }
    }
  }

  /** At least one, so that whoever waits gets a turn. */
  #slots(): number {
    return this.#eventLoop?.isBusy() ? this.#concurrency - 1 : this.#concurrency;
  }

  /** How long those that wait now will take, going by the jobs before and their rests. */
  #secondsUntilRoom(): number {
    const seconds = ((this.#queued + 1) * this.#meanMilliseconds) / this.#slots() / 1000;
    return Math.min(MOST_RETRY_SECONDS, Math.ceil(seconds));
  }
}

function defaultConcurrency(): number {
  const configured = Number.parseInt(process.env.UV_THREADPOOL_SIZE ?? '', 10);
  const threads = Number.isInteger(configured) && configured > 0 ? configured : POOL_THREADS;
  return Math.max(1, Math.min(availableParallelism(), threads - 1));
}
