import { availableParallelism } from 'node:os';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { ServiceUnavailableError } from '../../src/http/http.errors.js';
import { HashQueue } from '../../src/passwords/index.js';
import { UsersSetupError } from '../../src/runtime/setup-error.js';

/** Jobs that end when the test says so, and the order in which they started. */
class Jobs {
  readonly started: string[] = [];
  readonly #ends: (() => void)[] = [];

  job(name: string): () => Promise<string> {
    return () => {
      this.started.push(name);
      return new Promise((resolve) => this.#ends.push(() => resolve(name)));
    };
  }

  async endNext(): Promise<void> {
    this.#ends.shift()?.();
    await turn();
  }

  async endAll(): Promise<void> {
    while (this.#ends.length > 0) {
      await this.endNext();
    }
  }
}

/** Sets libuv's `UV_THREADPOOL_SIZE`, which says nothing of a pool that runs already, for the time of some work. */
async function withPoolThreads<T>(threads: number, work: () => Promise<T>): Promise<T> {
  const before = process.env.UV_THREADPOOL_SIZE;
  process.env.UV_THREADPOOL_SIZE = String(threads);
  try {
    return await work();
  } finally {
    if (before === undefined) {
      delete process.env.UV_THREADPOOL_SIZE;
    } else {
      process.env.UV_THREADPOOL_SIZE = before;
    }
  }
}

/** Gives the event loop work without a pause, and no turn of it takes long. */
async function keepEventLoopBusy(isWanted: () => boolean): Promise<void> {
  while (isWanted()) {
    const until = performance.now() + 2;
    while (performance.now() < until);
    await turn();
  }
}

/** Measures something while the event loop has work without a pause. */
async function whileBusy<T>(measure: () => Promise<T>): Promise<T> {
  let isWanted = true;
  const busy = keepEventLoopBusy(() => isWanted);
  try {
    return await measure();
  } finally {
    isWanted = false;
    await busy;
  }
}

/** The most jobs that ran at once among those that started in the last half of many. */
async function mostAtOnce(queue: HashQueue): Promise<number> {
  const jobs = Array.from({ length: availableParallelism() * 8 }, (_, index) => index);
  let running = 0;
  let most = 0;
  const job = (index: number) => async (): Promise<void> => {
    running += 1;
    most = Math.max(most, index < jobs.length / 2 ? 0 : running);
    await sleep(60);
    running -= 1;
  };
  await Promise.all(jobs.map((index) => queue.run(undefined, job(index))));
  return most;
}

const JOB_MILLISECONDS = 80;

/** The shortest time in which a slot took a job and the next, in jobs' times, among those that started in the last half of many. */
async function shortestTurn(queue: HashQueue, slots: number): Promise<number> {
  const startedAt: number[] = [];
  const job = async (): Promise<void> => {
    startedAt.push(performance.now());
    await sleep(JOB_MILLISECONDS);
  };
  await Promise.all(Array.from({ length: availableParallelism() * 8 }, () => queue.run(undefined, job)));
  const half = startedAt.length / 2;
  const turns = startedAt.slice(half + slots).map((start, index) => start - (startedAt[half + index] ?? start));
  return Math.min(...turns) / JOB_MILLISECONDS;
}

async function refusal(promise: Promise<unknown>): Promise<ServiceUnavailableError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof ServiceUnavailableError) {
      return error;
    }
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('HashQueue', () => {
  it('answers what the job answers', async () => {
    expect(await new HashQueue().run('192.0.2.1', async () => 'done')).to.equal('done');
  });

  it('throws what the job throws, and goes on', async () => {
    const queue = new HashQueue({ concurrency: 1 });
    const failures = [
      queue.run('a', async () => Promise.reject(new Error('later'))),
      queue.run('a', () => {
        throw new Error('at once');
      }),
    ];
    const outcomes = await Promise.allSettled(failures);
    expect(outcomes.map((outcome) => outcome.status === 'rejected' && String(outcome.reason))).to.deep.equal([
      'Error: later',
      'Error: at once',
    ]);
    expect(await queue.run('a', async () => 'done')).to.equal('done');
  });

  it('runs as many at once as it is told, and the next when one ends', async () => {
    const queue = new HashQueue({ concurrency: 2 });
    const jobs = new Jobs();
    const all = Promise.all(['1', '2', '3', '4'].map((name) => queue.run('a', jobs.job(name))));
    await turn();
    expect(jobs.started).to.deep.equal(['1', '2']);
    await jobs.endNext();
    expect(jobs.started).to.deep.equal(['1', '2', '3']);
    await jobs.endAll();
    expect(await all).to.deep.equal(['1', '2', '3', '4']);
  });

  it('never runs more at once, whatever comes while slots change hands', async () => {
    const queue = new HashQueue({ concurrency: 3, maxQueued: 1000, maxQueuedPerClient: 1000 });
    let running = 0;
    let most = 0;
    const job = async () => {
      running += 1;
      most = Math.max(most, running);
      await turn();
      running -= 1;
    };
    await Promise.all(
      Array.from({ length: 200 }, (_, index) => queue.run(`client ${index % 7}`, job).then(() => queue.run('late', job))),
    );
    expect(most).to.equal(3);
  });

  it('leaves one thread of the pool free unless told otherwise', async () => {
    const queue = await withPoolThreads(2, async () => new HashQueue());
    const jobs = new Jobs();
    const all = Promise.all(['1', '2'].map((name) => queue.run('a', jobs.job(name))));
    await turn();
    expect(jobs.started).to.deep.equal(['1']);
    await jobs.endAll();
    await all;
  });

  it('runs one job a processor unless told otherwise', async () => {
    const most = Math.min(availableParallelism(), 3);
    const queue = new HashQueue();
    const jobs = new Jobs();
    const all = Promise.all(Array.from({ length: most + 2 }, (_, index) => queue.run('a', jobs.job(`${index}`))));
    await turn();
    expect(jobs.started).to.have.length(most);
    await jobs.endAll();
    await all;
  });

  describe('while the event loop is busy', () => {
    const processors = availableParallelism();

    const mostWhileBusy = (queue: HashQueue): Promise<number> => whileBusy(() => mostAtOnce(queue));

    it('leaves it one of the processors', async () => {
      const queue = await withPoolThreads(processors + 1, async () => new HashQueue());
      expect(await mostWhileBusy(queue)).to.equal(Math.max(1, processors - 1));
    });

    it('takes all of them again afterwards', async () => {
      const queue = await withPoolThreads(processors + 1, async () => new HashQueue());
      await mostWhileBusy(queue);
      expect(await mostAtOnce(queue)).to.equal(processors);
    });

    it('leaves none that the threads of the pool leave already', async () => {
      const queue = await withPoolThreads(processors, async () => new HashQueue());
      expect(await mostWhileBusy(queue)).to.equal(Math.max(1, processors - 1));
    });

    it('rests after each job for a quarter of its time', async function () {
      if (processors === 1) return this.skip();
      const queue = await withPoolThreads(processors + 1, async () => new HashQueue());
      expect(await whileBusy(() => shortestTurn(queue, processors - 1))).to.be.at.least(1.2);
    });

    it('runs as many as it is told, without a rest', async () => {
      const queue = new HashQueue({ concurrency: processors });
      expect(await mostWhileBusy(queue)).to.equal(processors);
      expect(await whileBusy(() => shortestTurn(queue, processors))).to.be.below(1.2);
    });
  });

  describe('among clients', () => {
    it('takes turns, so that one who sends many waits behind his own', async () => {
      const queue = new HashQueue({ concurrency: 1 });
      const jobs = new Jobs();
      const all = Promise.all([
        ...['flood 1', 'flood 2', 'flood 3', 'flood 4'].map((name) => queue.run('203.0.113.9', jobs.job(name))),
        queue.run('192.0.2.1', jobs.job('ada 1')),
        queue.run('192.0.2.1', jobs.job('ada 2')),
        queue.run('192.0.2.2', jobs.job('vera')),
      ]);
      await jobs.endAll();
      await all;
      expect(jobs.started).to.deep.equal(['flood 1', 'flood 2', 'ada 1', 'vera', 'flood 3', 'ada 2', 'flood 4']);
    });

    it('refuses what is past the share of one, and takes the others on', async () => {
      const queue = new HashQueue({ concurrency: 1, maxQueued: 16 });
      const jobs = new Jobs();
      const taken = Array.from({ length: 9 }, (_, index) => queue.run('203.0.113.9', jobs.job(`flood ${index}`)));
      await refusal(queue.run('203.0.113.9', jobs.job('one too many')));
      const ada = queue.run('192.0.2.1', jobs.job('ada'));
      await jobs.endAll();
      await Promise.all([...taken, ada]);
      expect(jobs.started).to.include('ada').and.not.include('one too many');
    });

    it('gives a share back when its jobs have run', async () => {
      const queue = new HashQueue({ concurrency: 1, maxQueuedPerClient: 1 });
      const jobs = new Jobs();
      const first = [queue.run('a', jobs.job('1')), queue.run('a', jobs.job('2'))];
      await refusal(queue.run('a', jobs.job('refused')));
      await jobs.endAll();
      await Promise.all(first);
      const second = [queue.run('a', jobs.job('3')), queue.run('a', jobs.job('4'))];
      await jobs.endAll();
      expect(await Promise.all(second)).to.deep.equal(['3', '4']);
    });

    it('knows no share for the code of the app', async () => {
      const queue = new HashQueue({ concurrency: 1, maxQueued: 40 });
      const done = await Promise.all(Array.from({ length: 41 }, (_, index) => queue.run(undefined, async () => index)));
      expect(done).to.have.length(41);
    });
  });

  describe('when it is full', () => {
    it('refuses at once with 503 and a Retry-After, and never runs the job', async () => {
      const queue = new HashQueue({ concurrency: 1, maxQueued: 2, maxQueuedPerClient: 2 });
      const jobs = new Jobs();
      const taken = ['1', '2', '3'].map((name) => queue.run(name, jobs.job(name)));
      const error = await refusal(queue.run('4', jobs.job('4')));
      expect(error.status).to.equal(503);
      expect(error.headers['Retry-After']).to.match(/^[1-9]\d*$/);
      await jobs.endAll();
      await Promise.all(taken);
      expect(jobs.started).to.deep.equal(['1', '2', '3']);
    });

    it('tells a longer wait where the jobs before took longer', async () => {
      const quick = new HashQueue({ concurrency: 1, maxQueued: 64 });
      for (let count = 0; count < 50; count++) {
        await quick.run('a', async () => undefined);
      }
      expect(await retryAfterWhenFull(quick)).to.equal(1);
      expect(await retryAfterWhenFull(new HashQueue({ concurrency: 1, maxQueued: 64 }))).to.be.within(10, 20);
    });

    it('counts on the processors that are left while the event loop is busy', async function () {
      const processors = availableParallelism();
      if (processors === 1) return this.skip();
      const queue = await withPoolThreads(processors + 1, async () => new HashQueue({ maxQueued: 64 }));
      const seconds = await whileBusy(async () => {
        // Until it is known that the event loop is busy.
        await sleep(200);
        return retryAfterWhenFull(queue, processors - 1);
      });
      expect(seconds).to.equal(Math.ceil((65 * 0.25) / (processors - 1)));
    });

    /** Of a queue of 64 places, and as many more as run at once. */
    async function retryAfterWhenFull(queue: HashQueue, slots = 1): Promise<number> {
      let end = (): void => undefined;
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      const taken = Array.from({ length: 64 + slots }, () => queue.run(undefined, () => ended));
      const error = await refusal(queue.run(undefined, () => ended));
      end();
      await Promise.all(taken);
      return Number(error.headers['Retry-After']);
    }
  });

  describe('idle', () => {
    it('resolves at once when nothing runs', async () => {
      await new HashQueue().idle();
    });

    it('waits for what runs and for what waits', async () => {
      const queue = new HashQueue({ concurrency: 1 });
      const jobs = new Jobs();
      const all = Promise.all([queue.run('a', jobs.job('1')), queue.run('b', jobs.job('2'))]);
      let isIdle = false;
      const idle = queue.idle().then(() => {
        isIdle = true;
      });
      await turn();
      await jobs.endNext();
      expect(isIdle).to.equal(false);
      await jobs.endNext();
      await idle;
      await all;
      expect(jobs.started).to.deep.equal(['1', '2']);
    });
  });

  it('refuses numbers that make no sense', () => {
    for (const options of [{ concurrency: 0 }, { concurrency: 1.5 }, { maxQueued: -1 }, { maxQueuedPerClient: Number.NaN }]) {
      expect(() => new HashQueue(options), JSON.stringify(options)).to.throw(UsersSetupError, Object.keys(options)[0]);
    }
  });
});
