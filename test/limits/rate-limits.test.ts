import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { LIMIT_DEFAULTS } from '../../src/limits/limit-names.js';
import { type RateLimitOptions, RateLimits } from '../../src/limits/rate-limits.js';
import { LogBook } from './log-book.js';
import { countAllowed, retryAfterOf } from './refusals.js';

describe('RateLimits in memory', () => {
  let limits: RateLimits;

  const withOptions = (options?: RateLimitOptions | false) => {
    limits = new RateLimits(options, { logger: new LogBook() });
    return limits;
  };
  const consumeTimes = (times: number, key = 'ada') =>
    countAllowed(Array.from({ length: times }, () => limits.consume('login', key)));

  afterEach(() => limits.close());

  it('lets as many tries through as the default says', async () => {
    withOptions();
    expect(await consumeTimes(LIMIT_DEFAULTS.login.points + 50)).to.equal(LIMIT_DEFAULTS.login.points);
  });

  it('lets a burst of 20 in parallel have no more tries than a sequence', async () => {
    withOptions({ login: { points: 5 } });
    expect(await consumeTimes(20)).to.equal(5);
  });

  it('refuses with the seconds after which a try counts again, and then lets it through', async () => {
    withOptions({ login: { points: 1, durationSeconds: 2 } });
    await limits.consume('login', 'ada');
    const seconds = await retryAfterOf(limits.consume('login', 'ada'));
    expect(seconds).to.be.within(1, 2);
    await wait(seconds * 1000);
    await limits.consume('login', 'ada');
  });

  it('does not prolong the wait by refused tries', async () => {
    withOptions({ login: { points: 1, durationSeconds: 1 } });
    await consumeTimes(50);
    await wait(600);
    await consumeTimes(50);
    await wait(500);
    await limits.consume('login', 'ada');
  });

  it('blocks for blockSeconds from the first refusal on, and not for longer', async () => {
    withOptions({ login: { points: 1, durationSeconds: 60, blockSeconds: 1 } });
    await limits.consume('login', 'ada');
    expect(await retryAfterOf(limits.consume('login', 'ada'))).to.equal(1);
    await wait(600);
    expect(await consumeTimes(5)).to.equal(0);
    await wait(500);
    await limits.consume('login', 'ada');
  });

  it('counts each key and each limit by itself', async () => {
    withOptions({ login: { points: 1 }, verify: { points: 1 } });
    await limits.consume('login', 'ada');
    await limits.consume('login', 'vera');
    await limits.consume('verify', 'ada');
    expect(await consumeTimes(1)).to.equal(0);
  });

  it('takes keys of any length and any characters, and tells them apart to the last one', async () => {
    withOptions({ login: { points: 1 } });
    const long = 'é\0\u{1F600}'.repeat(50_000);
    await limits.consume('login', `${long}a`);
    await limits.consume('login', `${long}b`);
    expect(await consumeTimes(1, `${long}a`)).to.equal(0);
  });

  it('answers false in silence past the limit by tryConsume', async () => {
    withOptions({ forgotPasswordMail: { points: 2 } });
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => limits.tryConsume('forgotPasswordMail', 'ada@example.com')),
    );
    expect(outcomes.filter(Boolean)).to.have.length(2);
  });

  it('clears the tries of one key and of no other', async () => {
    withOptions({ login: { points: 1 } });
    await consumeTimes(1, 'ada');
    await consumeTimes(1, 'ivan');
    await limits.clear('login', 'ada');
    expect(await consumeTimes(1, 'ada')).to.equal(1);
    expect(await consumeTimes(1, 'ivan')).to.equal(0);
  });

  it('gives one try back, and never more than there were', async () => {
    withOptions({ login: { points: 2 } });
    await consumeTimes(2);
    await limits.giveBack('login', 'ada');
    expect(await consumeTimes(2)).to.equal(1);
    await limits.giveBack('login', 'vera');
    expect(await consumeTimes(3, 'vera')).to.equal(2);
  });

  it('remembers a key, and no other', async () => {
    withOptions();
    await limits.remember('ada');
    expect(await limits.remembers('ada')).to.equal(true);
    expect(await limits.remembers('vera')).to.equal(false);
  });

  it('keeps no limit that is switched off, and the others', async () => {
    withOptions({ login: false, verify: { points: 1 } });
    expect(await consumeTimes(1000)).to.equal(1000);
    expect(await limits.tryConsume('login', 'ada')).to.equal(true);
    await limits.consume('verify', 'ada');
    expect(await limits.tryConsume('verify', 'ada')).to.equal(false);
  });

  it('keeps none at all where all are switched off', async () => {
    withOptions(false);
    expect(await consumeTimes(1000)).to.equal(1000);
    await limits.remember('ada');
    expect(await limits.remembers('ada')).to.equal(false);
    await limits.giveBack('login', 'ada');
    await limits.clear('login', 'ada');
  });
});
