import { expect } from 'chai';
import { LIMIT_DEFAULTS } from '../../src/limits/limit-names.js';
import { PasswordTries, splitOverNames } from '../../src/limits/password-tries.js';
import { RateLimits } from '../../src/limits/rate-limits.js';
import { LogBook } from './log-book.js';
import { countAllowed, retryAfterOf } from './refusals.js';

const ADA = 'ada@example.com';
const STAMP = 'the stamp of her password';
const NEW_STAMP = 'the stamp of her new password';
const HOME = '192.0.2.1';
const OFFICE = '192.0.2.2';
const OF_STRANGERS = LIMIT_DEFAULTS.passwordFailuresOfAccount.points;
const OF_KNOWN = LIMIT_DEFAULTS.passwordFailuresOfKnownAddress.points;

describe('PasswordTries', () => {
  let limits: RateLimits;
  let tries: PasswordTries;
  let checks: number;

  const wrong = async () => {
    checks += 1;
    return false;
  };
  const right = async () => true;
  const fail = (times: number, name = ADA, address = HOME, stamp: string | null = STAMP) =>
    countAllowed(Array.from({ length: times }, () => tries.count({ name, address, stamp }, wrong)));
  const stranger = (index: number) => `198.51.100.${index}`;
  const attackFrom = async (addresses: number, guesses: number) => {
    let allowed = 0;
    for (let index = 0; index < addresses; index += 1) {
      allowed += await fail(guesses, ADA, stranger(index));
    }
    return allowed;
  };

  beforeEach(() => {
    checks = 0;
    limits = new RateLimits(undefined, { logger: new LogBook() });
    tries = new PasswordTries(limits);
  });

  afterEach(() => limits.close());

  it('answers what the check answers', async () => {
    expect(await tries.count({ name: ADA, address: HOME, stamp: STAMP }, right)).to.equal(true);
    expect(await tries.count({ name: ADA, address: HOME, stamp: STAMP }, wrong)).to.equal(false);
  });

  it('lets 5 wrong passwords for an account from one address be checked, in a burst of 20 too', async () => {
    expect(await fail(20)).to.equal(5);
    expect(checks).to.equal(5);
    expect(await retryAfterOf(tries.count({ name: ADA, address: HOME, stamp: STAMP }, right))).to.be.within(1, 300);
  });

  it('counts an account apart from others at the same address, whether it exists or not', async () => {
    await fail(20);
    expect(await fail(20, 'nobody@example.com', HOME, null)).to.equal(5);
  });

  it('lets 10,000 guesses from 100 addresses have 50 checks an hour', async () => {
    expect(await attackFrom(100, 100)).to.equal(OF_STRANGERS);
    expect(checks).to.equal(OF_STRANGERS);
  });

  it('lets guesses from one address use up 5 of the account, however many there are', async () => {
    expect(await fail(1000, ADA, stranger(1))).to.equal(5);
    expect(await fail(5, ADA, stranger(2))).to.equal(5);
  });

  it('lets the owner in at a known address while strangers have used up their tries', async () => {
    await tries.count({ name: ADA, address: HOME, stamp: STAMP }, right);
    await attackFrom(100, 10);
    expect(await tries.count({ name: ADA, address: HOME, stamp: STAMP }, right)).to.equal(true);
    expect(await retryAfterOf(tries.count({ name: ADA, address: OFFICE, stamp: STAMP }, right))).to.be.within(1, 3600);
  });

  it('lets the owner in anywhere once he has proved the account by mail', async () => {
    await attackFrom(100, 10);
    await fail(5, ADA, OFFICE);
    await tries.trust({ names: [{ name: ADA }], address: OFFICE, stamp: STAMP });
    expect(await tries.count({ name: ADA, address: OFFICE, stamp: STAMP }, right)).to.equal(true);
  });

  it('lets the owner in once he has proved the account, whatever those did who know the password', async () => {
    for (let index = 0; index < 10; index += 1) await tries.count({ name: ADA, address: stranger(index), stamp: STAMP }, right);
    await attackFrom(10, 5);
    await tries.trust({ names: [{ name: ADA }], address: OFFICE, stamp: NEW_STAMP });
    expect(await tries.count({ name: ADA, address: OFFICE, stamp: NEW_STAMP }, right)).to.equal(true);
  });

  it('takes no name for another one with a piece of an address', async () => {
    await fail(5, `${ADA}:2001`, 'db8::', null);
    expect(await fail(1, ADA, '2001:db8::')).to.equal(1);
  });

  it('takes who knew a former password for a stranger', async () => {
    const former = Array.from({ length: 4 }, (_, index) => stranger(index));
    for (const address of former) await tries.count({ name: ADA, address, stamp: STAMP }, right);
    await tries.count({ name: ADA, address: HOME, stamp: NEW_STAMP }, right);
    for (const address of former) await fail(5, ADA, address, NEW_STAMP);
    expect(await tries.count({ name: ADA, address: HOME, stamp: NEW_STAMP }, right)).to.equal(true);
  });

  it('counts each name of an account by itself, and knows its addresses by all of them', async () => {
    await tries.count({ name: ADA, address: HOME, stamp: STAMP }, right);
    expect(await fail(6, 'ada')).to.equal(5);
    expect(await fail(6)).to.equal(5);
    await attackFrom(100, 10);
    await tries.trust({ names: [{ name: ADA }, { name: 'ada' }], address: HOME, stamp: STAMP });
    for (const name of [ADA, 'ada']) expect(await tries.count({ name, address: HOME, stamp: STAMP }, right)).to.equal(true);
  });

  it('splits the tries of an account over its names, at least one for each', () => {
    expect(splitOverNames(undefined, 1)).to.equal(undefined);
    expect(splitOverNames(false, 2)).to.equal(false);
    expect(splitOverNames({ login: false }, 2)).to.deep.equal({
      login: false,
      passwordFailuresOfAccount: { points: OF_STRANGERS / 2 },
      passwordFailuresOfKnownAddress: { points: OF_KNOWN / 2 },
    });
    const given = {
      passwordFailuresOfAccount: { points: 2, durationSeconds: 60 },
      passwordFailuresOfKnownAddress: false,
    } as const;
    expect(splitOverNames(given, 3)).to.deep.equal({ ...given, passwordFailuresOfAccount: { points: 1, durationSeconds: 60 } });
  });

  it('holds wrong passwords from all known addresses together within their own limit', async () => {
    const addresses = Array.from({ length: 10 }, (_, index) => stranger(index));
    for (const address of addresses) {
      await tries.count({ name: ADA, address, stamp: STAMP }, right);
    }
    expect(await attackFrom(10, 5)).to.equal(OF_KNOWN);
  });

  it('stays within 100 failures of one account an hour, all addresses and successes together', async () => {
    let failures = 0;
    for (let round = 0; round < 30; round += 1) {
      failures += await fail(4);
      await tries.count({ name: ADA, address: HOME, stamp: STAMP }, right).catch(() => undefined);
      failures += await fail(5, ADA, stranger(round));
    }
    expect(failures)
      .to.be.at.most(OF_STRANGERS + OF_KNOWN)
      .and.below(100);
  });

  it('forgets at a right password the failures of this account and address only', async () => {
    await fail(4);
    await fail(4, ADA, OFFICE);
    await fail(4, 'vera@example.com');
    await tries.count({ name: ADA, address: HOME, stamp: STAMP }, right);
    expect(await fail(20)).to.equal(5);
    expect(await fail(20, ADA, OFFICE)).to.equal(1);
    expect(await fail(20, 'vera@example.com')).to.equal(1);
  });

  it('does not count right passwords as failures, however many there are', async () => {
    for (let index = 0; index < 3 * OF_STRANGERS; index += 1) {
      expect(await tries.count({ name: ADA, address: stranger(index), stamp: STAMP }, right)).to.equal(true);
    }
    expect(await fail(5, ADA, stranger(1))).to.equal(5);
  });

  it('counts a check that failed itself as no try, and hands its error on', async () => {
    const failing = async (): Promise<boolean> => {
      throw new Error('The queue is full.');
    };
    for (let index = 0; index < 3 * OF_STRANGERS; index += 1) {
      const outcome = await tries
        .count({ name: ADA, address: HOME, stamp: STAMP }, failing)
        .catch((error: Error) => error.message);
      expect(outcome).to.equal('The queue is full.');
    }
    expect(await fail(20)).to.equal(5);
  });
});
