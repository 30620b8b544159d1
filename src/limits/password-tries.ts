import { LIMIT_DEFAULTS } from './limit-names.js';
import type { RateLimitOptions, RateLimits } from './rate-limits.js';

/** By what an account is named where its password is tried. */
export interface TriedName {
  /** One string for all its spellings, whether somebody has it or not. */
  name: string;
  /** Who has it, where a name can be changed without the password: the tries stay with the account too. Like no name of anybody's. */
  account?: string;
}

/** Whose password is tried, and from where. */
export interface PasswordTry extends TriedName {
  /** The client's address as `clientKey` gives it. */
  address: string;
  /** The security stamp of whoever has the name: it changes with the password. Null where nobody has it. */
  stamp: string | null;
}

/**
 * Limits wrong passwords, at login, re-authentication and as `currentPassword` together: for a name from one address, for a name from all
 * strange addresses, and apart from these from all known ones. An address is known for 14 days after a right password came from
 * it, as long as that is the password: strangers can use up their own tries, and the owner still signs in from where he did before.
 * Elsewhere a reset of the password by mail lets him in ({@link trust}). Each name of an account counts by itself, since a common
 * count would tell whose it is; see {@link splitOverNames}.
 */
export class PasswordTries {
  constructor(private readonly limits: RateLimits) {}

  /**
   * Counts the try, then checks the password. A right one forgets the failures of this name from this address and takes this
   * try back from the name's; a wrong one stays counted. When the check itself fails, the try counts as none.
   * @param check - whether the password is right; answer false too where nothing may show that it was, as for an inactive user
   * @returns what `check` answered
   * @throws {@link TooManyRequestsError} past a limit; `check` did not run
   */
  async count(attempt: PasswordTry, check: () => Promise<boolean>): Promise<boolean> {
    const { name, address, stamp } = attempt;
    const keys = keysOf(attempt);
    const pairs = keys.map((key) => pairKey(key, address));
    // Nobody's name is looked for too, so that it takes as long.
    const known = pairKey(stamp ?? name, address);
    const limit = (await this.limits.remembers(known)) ? 'passwordFailuresOfKnownAddress' : 'passwordFailuresOfAccount';
    // The address first: one that is past its own limit uses up no more of the name's.
    for (const pair of pairs) await this.limits.consume('passwordFailures', pair);
    for (const key of keys) await this.limits.consume(limit, key);
    let isRight: boolean;
    try {
      isRight = await check();
    } catch (error) {
      await Promise.all([
        ...pairs.map((pair) => this.limits.giveBack('passwordFailures', pair)),
        ...keys.map((key) => this.limits.giveBack(limit, key)),
      ]);
      throw error;
    }
    if (isRight) {
      await Promise.all([
        ...pairs.map((pair) => this.limits.clear('passwordFailures', pair)),
        // Only its own try: were all forgotten, every login of the owner's would give a stranger a new lot.
        ...keys.map((key) => this.limits.giveBack(limit, key)),
        this.limits.remember(known),
      ]);
    }
    return isRight;
  }

  /**
   * Makes the address a known one of the account, with all its tries, whichever of the names is typed there. For whoever proved the account by
   * mail, as by a reset, or by its password.
   */
  async trust({ names, address, stamp }: { names: readonly TriedName[]; address: string; stamp: string }): Promise<void> {
    for (const key of names.flatMap(keysOf)) {
      await this.limits.clear('passwordFailures', pairKey(key, address));
      await this.limits.clear('passwordFailuresOfKnownAddress', key);
    }
    await this.limits.remember(pairKey(stamp, address));
  }
}

/**
 * Gives each name by which an account can be tried its share of the account's tries.
 * @param options - the option `rateLimits`
 * @param names - how many names an account has: the `loginFields`
 */
export function splitOverNames(
  options: RateLimitOptions | false | undefined,
  names: number,
): RateLimitOptions | false | undefined {
  if (options === false || names === 1) return options;
  const split = { ...options };
  for (const limit of ['passwordFailuresOfAccount', 'passwordFailuresOfKnownAddress'] as const) {
    const setting = split[limit] ?? {};
    if (setting === false) continue;
    const points = setting.points ?? LIMIT_DEFAULTS[limit].points;
    split[limit] = { ...setting, points: Math.max(1, Math.floor(points / names)) };
  }
  return split;
}

/** What tries of a name are counted by. */
function keysOf({ name, account }: TriedName): string[] {
  return account === undefined ? [name] : [name, account];
}

/** Both parts by length, so that no name and address can be made to look like another pair. */
function pairKey(name: string, address: string): string {
  return `${name.length}:${name}:${address}`;
}
