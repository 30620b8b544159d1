import { expect } from 'chai';
import { checkRateLimits } from '../../src/limits/check-rate-limits.js';

describe('checkRateLimits', () => {
  it('finds nothing wrong with nothing, with false, and with whole numbers', () => {
    expect(checkRateLimits(undefined)).to.deep.equal([]);
    expect(checkRateLimits(false)).to.deep.equal([]);
    expect(checkRateLimits({})).to.deep.equal([]);
    expect(
      checkRateLimits({ login: { points: 1, durationSeconds: 60, blockSeconds: 60 }, oauth: false, verify: undefined }),
    ).to.deep.equal([]);
  });

  it('says what `rateLimits` takes', () => {
    for (const options of [true, null, 5, 'off', []]) {
      expect(checkRateLimits(options)).to.have.length(1);
      expect(checkRateLimits(options)[0]).to.include('`rateLimits` takes `false` or an object');
    }
  });

  it('names the limit that was probably meant', () => {
    expect(checkRateLimits({ logins: {} })[0]).to.equal('`rateLimits.logins` is no limit: did you mean `login`?');
    expect(checkRateLimits({ forgotpassword: {} })[0]).to.include('`forgotPassword`');
    expect(checkRateLimits({ stroe: {} })[0]).to.include('`store`');
    expect(checkRateLimits({ passwordFail: {} })[0]).to.include('`passwordFailures`');
  });

  it('lists all limits where none is near', () => {
    expect(checkRateLimits({ everything: {} })[0]).to.include('write one of register, login, ');
    expect(checkRateLimits({ constructor: {} })[0]).to.include('is no limit');
  });

  it('names the setting that was probably meant', () => {
    expect(checkRateLimits({ login: { duration: 5 } })[0]).to.include('did you mean `durationSeconds`?');
    expect(checkRateLimits({ login: { point: 5 } })[0]).to.include('did you mean `points`?');
  });

  it('refuses numbers that are none, broken, below 1 or beyond 14 days', () => {
    for (const points of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5', null, true]) {
      expect(checkRateLimits({ login: { points } })[0], String(points)).to.include(
        '`rateLimits.login.points` must be a whole number',
      );
    }
    expect(checkRateLimits({ login: { durationSeconds: 15 * 24 * 3600 } })[0]).to.include('of seconds from 1 to 1209600');
    expect(checkRateLimits({ login: true })[0]).to.include('takes `false` or an object');
  });

  it('says what `store` takes, and hands on what the store itself finds', () => {
    expect(checkRateLimits({ store: {} })[0]).to.include('`redisLimits(client)`');
    expect(checkRateLimits({ store: null })[0]).to.include('`redisLimits(client)`');
    const store = { name: 'x', createLimiter: () => undefined, faults: () => ['It is not there.'] };
    expect(checkRateLimits({ store })).to.deep.equal(['`rateLimits.store`: It is not there.']);
  });

  it('tells all faults at once', () => {
    expect(checkRateLimits({ login: { points: 0, durationSeconds: 0 }, nothing: 1, store: 5 })).to.have.length(4);
  });
});
