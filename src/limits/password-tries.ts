import type { RateLimits } from './rate-limits.js';

/** Whose password is tried, and from where. */
export interface PasswordTry {
  /** One string for the account on every way to it; for an unknown account what was typed, normalized. */
  account: string;
  /** The client's address as `clientKey` gives it. */
  address: string;
}

/**
 * Limits wrong passwords, at login, re-authentication and as `currentPassword` together: for an account from one address, for an
 * account from all strange addresses, and apart from these from all known ones. An address is known for 14 days after a right
 * password came from it: strangers can use up their own tries, and the owner still signs in from where he did before. Elsewhere
 * a reset of the password by mail lets him in ({@link trust}).
 */
export class PasswordTries {
  constructor(private readonly limits: RateLimits) {}

  /**
   * Counts the try, then checks the password. A right one forgets the failures of this account from this address and takes this
   * try back from the account's; a wrong one stays counted. When the check itself fails, the try counts as none.
   * @param check - whether the password is right; answer false too where nothing may show that it was, as for an inactive user
   * @returns what `check` answered
   * @throws {@link TooManyRequestsError} past a limit; `check` did not run
   */
  async count(attempt: PasswordTry, check: () => Promise<boolean>): Promise<boolean> {
    const pair = pairKey(attempt);
    const limit = (await this.limits.remembers(pair)) ? 'passwordFailuresOfKnownAddress' : 'passwordFailuresOfAccount';
    // The address first: one that is past its own limit uses up no more of the account's.
    await this.limits.consume('passwordFailures', pair);
    await this.limits.consume(limit, attempt.account);
    let isRight: boolean;
    try {
      isRight = await check();
    } catch (error) {
      await Promise.all([this.limits.giveBack('passwordFailures', pair), this.limits.giveBack(limit, attempt.account)]);
      throw error;
    }
    if (isRight) {
      await Promise.all([
        this.limits.clear('passwordFailures', pair),
        // Only its own try: were all forgotten, every login of the owner's would give a stranger a new lot.
        this.limits.giveBack(limit, attempt.account),
        this.limits.remember(pair),
      ]);
    }
    return isRight;
  }

  /** Makes the address a known one of the account, with all its tries. For whoever proved the account by mail, as by a reset. */
  async trust(attempt: PasswordTry): Promise<void> {
    await this.limits.clear('passwordFailures', pairKey(attempt));
    await this.limits.clear('passwordFailuresOfKnownAddress', attempt.account);
    await this.limits.remember(pairKey(attempt));
  }
}

/** Both parts by length, so that no account and address can be made to look like another pair. */
function pairKey({ account, address }: PasswordTry): string {
  return `${account.length}:${account}:${address}`;
}
