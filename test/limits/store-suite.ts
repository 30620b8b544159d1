import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { PasswordTries } from '../../src/limits/password-tries.js';
import type { RateLimitStore } from '../../src/limits/rate-limit-store.js';
import { type RateLimitOptions, RateLimits } from '../../src/limits/rate-limits.js';
import { LogBook } from './log-book.js';
import { countAllowed, retryAfterOf } from './refusals.js';

/** What a store does that several processes share; each of its RateLimits stands for one of them. */
export function itCountsForAllProcesses(stores: { make(): RateLimitStore }): void {
  let number = 0;
  let key: string;
  let log: LogBook;

  // What is counted is looked at here, not how fast: a busy machine may take its time.
  const inProcess = (options: RateLimitOptions) =>
    new RateLimits({ ...options, store: stores.make() }, { logger: log, timeLimitMs: 20_000 });

  beforeEach(() => {
    number += 1;
    key = `ada${number}@example.com`;
    log = new LogBook();
  });

  afterEach(() => expect(log.lines).to.deep.equal([]));

  it('lets bursts of 20 in two processes have no more tries than one', async () => {
    const processes = [inProcess({ login: { points: 5 } }), inProcess({ login: { points: 5 } })];
    const burst = processes.flatMap((limits) => Array.from({ length: 20 }, () => limits.consume('login', key)));
    expect(await countAllowed(burst)).to.equal(5);
  });

  it('counts many keys in parallel, each by itself', async () => {
    const limits = inProcess({ login: { points: 2 } });
    const burst = Array.from({ length: 300 }, (_, index) => limits.consume('login', `${key} ${index % 100}`));
    expect(await countAllowed(burst)).to.equal(200);
  });

  it('refuses with the seconds after which a try counts again, and then lets it through', async () => {
    const limits = inProcess({ login: { points: 1, durationSeconds: 2 } });
    await limits.consume('login', key);
    await wait(300);
    const seconds = await retryAfterOf(limits.consume('login', key));
    expect(seconds).to.be.within(1, 2);
    await wait(seconds * 1000);
    expect(await countAllowed([limits.consume('login', key), limits.consume('login', key)])).to.equal(1);
  });

  it('blocks for blockSeconds from the first refusal on, and not for longer', async () => {
    const limits = inProcess({ login: { points: 1, durationSeconds: 60, blockSeconds: 1 } });
    await limits.consume('login', key);
    expect(await retryAfterOf(limits.consume('login', key))).to.equal(1);
    await wait(600);
    expect(await countAllowed([limits.consume('login', key)])).to.equal(0);
    await wait(600);
    await limits.consume('login', key);
  });

  it('clears the tries of one key, and gives single ones back', async () => {
    const limits = inProcess({ login: { points: 2 } });
    await limits.consume('login', key);
    await limits.consume('login', key);
    await limits.giveBack('login', key);
    expect(await limits.tryConsume('login', key)).to.equal(true);
    expect(await limits.tryConsume('login', key)).to.equal(false);
    await limits.clear('login', key);
    expect(await countAllowed(Array.from({ length: 5 }, () => limits.consume('login', key)))).to.equal(2);
    await limits.clear('login', 'nobody');
  });

  it('remembers a key for every process, again and again', async () => {
    const [one, other] = [inProcess({}), inProcess({})];
    expect(await other.remembers(key)).to.equal(false);
    await one.remember(key);
    await one.remember(key);
    expect(await other.remembers(key)).to.equal(true);
  });

  it('holds the tries of a password over two processes', async () => {
    const processes = [new PasswordTries(inProcess({})), new PasswordTries(inProcess({}))];
    const attempt = { name: key, address: '192.0.2.1', stamp: null };
    const burst = processes.flatMap((tries) => Array.from({ length: 20 }, () => tries.count(attempt, async () => false)));
    expect(await countAllowed(burst)).to.equal(5);
  });
}
