import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import bcrypt from 'bcrypt';

/** What a thread is sent. A Buffer comes there as a bare Uint8Array. */
export interface BcryptJob {
  password: string | Uint8Array;
  salt: string;
}

/** A thread holds some 10 MB, and takes 50 ms to start. */
const REST_MILLISECONDS = 60_000;

/**
 * bcrypt on threads of a low priority: where processors are scarce, the event loop has them first, and hashes take the time that it leaves.
 * Threads of libuv's pool would share them evenly, and keep files and DNS waiting. A thread starts when it is needed, at most one for
 * each processor, and ends after a minute without work.
 *
 * Elsewhere than on Linux, and with a warning where no thread can start (Node's permission model, a bundle without the thread's
 * script), hashes are made in libuv's pool.
 */
export class BcryptThreads {
  readonly #threads = new Set<BcryptThread>();
  readonly #restMilliseconds: number;
  /** Only Linux gives a thread a priority of its own. */
  #areOfUse = process.platform === 'linux';

  /** @param restMilliseconds - how long a thread without work stays */
  constructor(restMilliseconds = REST_MILLISECONDS) {
    this.#restMilliseconds = restMilliseconds;
  }

  /**
   * @param password - of which bcrypt reads 72 bytes, up to a NUL
   * @param salt - with its prefix and cost: `$2b$12$` and 22 characters
   * @returns the whole hash, with the salt in front
   */
  async hash(password: string | Buffer, salt: string): Promise<string> {
    if (this.#areOfUse) {
      try {
        return await this.#leastBusy().hash({ password, salt });
      } catch (error) {
        this.#giveUp(error);
      }
    }
    return bcrypt.hash(password, salt);
  }

  /** One that rests, else a new one while there may be more. */
  #leastBusy(): BcryptThread {
    let least: BcryptThread | undefined;
    for (const thread of this.#threads) {
      if (least === undefined || thread.jobs < least.jobs) {
        least = thread;
      }
    }
    if (least !== undefined && (least.jobs === 0 || this.#threads.size >= availableParallelism())) {
      return least;
    }
    const thread = new BcryptThread(this.#restMilliseconds, () => this.#threads.delete(thread));
    this.#threads.add(thread);
    return thread;
  }

  /** Sign-ins go on where threads do not, and whoever runs the app is told once. */
  #giveUp(error: unknown): void {
    if (this.#areOfUse) {
      this.#areOfUse = false;
      const reason = error instanceof Error ? error.message : String(error);
      process.emitWarning(`Password hashes are made in libuv's pool, since threads of their own do not work here: ${reason}`);
    }
  }
}

/** Keeps the process alive while it has work, as libuv's pool does. */
class BcryptThread {
  /** Without the app's flags: those that load an agent or a loader would load it in each thread. */
  readonly #worker = new Worker(new URL('bcrypt-thread.js', import.meta.url), { name: 'bcrypt', execArgv: [] });
  /** Whoever waits for a hash, in the order in which they come. */
  readonly #waiting: { resolve: (hash: string) => void; reject: (error: Error) => void }[] = [];
  readonly #restMilliseconds: number;
  readonly #onEnd: () => void;
  #rest: NodeJS.Timeout | undefined;

  /** @param onEnd - told when it takes no more work */
  constructor(restMilliseconds: number, onEnd: () => void) {
    this.#restMilliseconds = restMilliseconds;
    this.#onEnd = onEnd;
    this.#worker.on('message', (hash: string) => this.#settle(hash));
    this.#worker.on('error', (error: Error) => this.#end(error));
    this.#worker.on('exit', () => this.#end(new Error('A thread that makes password hashes has ended before it made them.')));
  }

  get jobs(): number {
    return this.#waiting.length;
  }

  hash(job: BcryptJob): Promise<string> {
    clearTimeout(this.#rest);
    this.#worker.ref();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(job);
    });
  }

  #settle(hash: string): void {
    this.#waiting.shift()?.resolve(hash);
    if (this.#waiting.length === 0) {
      this.#worker.unref();
      this.#rest = setTimeout(() => this.#retire(), this.#restMilliseconds).unref();
    }
  }

  #retire(): void {
    this.#onEnd();
    void this.#worker.terminate();
  }

  #end(error: Error): void {
    clearTimeout(this.#rest);
    this.#onEnd();
    for (const { reject } of this.#waiting.splice(0)) {
      reject(error);
    }
  }
}
