import { createHmac, timingSafeEqual } from 'node:crypto';
import bcrypt from 'bcrypt';
import { UsersSetupError } from '../runtime/setup-error.js';
import { BcryptThreads } from './bcrypt-threads.js';
import type { PasswordHasher } from './password-hasher.js';

export interface BcryptHasherOptions {
  /** Binary logarithm of the rounds, 10 to 31. One more doubles the time of a login, and of a guess. @defaultValue 12 */
  cost?: number;
  /** Takes a cost of 4 to 9 as well. It is for test suites only: such hashes are guessed in no time. @defaultValue false */
  dangerouslyAllowWeakCost?: boolean;
}

const DEFAULT_COST = 12;
const LEAST_COST = 10;
const LEAST_WEAK_COST = 4;
const MOST_COST = 31;

/**
 * Some seconds of a thread. A stored hash of a higher cost is not read unless this hasher makes such, so that an imported row cannot hold one
 * for a day.
 */
const MOST_FOREIGN_COST = 16;

/** What bcrypt reads of its input: it cuts the rest off in silence, and it ends at a NUL. */
export const MOST_BCRYPT_BYTES = 72;

const CONDENSED_PREFIX = '$rcu-bcrypt-sha384';
const FORM = /^(?:\$2[aby]|\$rcu-bcrypt-sha384\$2b)\$(?<cost>0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/;
const CONDENSING_TAG = 'routing-controllers-users/bcrypt/sha384/1';

/** Where the salt stands in `$2b$12$<22 characters of salt><31 of hash>`. */
const SALT_START = 7;
const SALT_END = 29;

/**
 * bcrypt for passwords of any length. What bcrypt reads whole (72 bytes of UTF-8 without a NUL) becomes a usual `$2b$` hash that other
 * systems can read. Anything else is condensed first, by HMAC-SHA-384 over salt and password, into 64 characters of base64,
 * and kept as `$rcu-bcrypt-sha384$2b$…`. The two forms are never checked against each other: whoever learns the condensed
 * input of a hash cannot send it as a password. `$2a$` and `$2y$` hashes of other systems are read too,
 * up to a cost of 16 or its own.
 */
export class BcryptHasher implements PasswordHasher {
  readonly #cost: number;
  readonly #threads = new BcryptThreads();

  /** @throws {@link UsersSetupError} when the cost is out of range */
  constructor(options: BcryptHasherOptions = {}) {
    const cost = options.cost ?? DEFAULT_COST;
    const least = options.dangerouslyAllowWeakCost ? LEAST_WEAK_COST : LEAST_COST;
    if (!Number.isInteger(cost) || cost < least || cost > MOST_COST) {
      throw new UsersSetupError([
        `new BcryptHasher({ cost }): cost is a whole number from ${least} to ${MOST_COST}, ${DEFAULT_COST} unless told.` +
          (cost >= LEAST_WEAK_COST && cost < LEAST_COST ? ' For tests only, add dangerouslyAllowWeakCost: true.' : ''),
      ]);
    }
    this.#cost = cost;
  }

  async hash(password: string): Promise<string> {
    const salt = await bcrypt.genSalt(this.#cost);
    if (fitsBcrypt(password)) {
      return this.#threads.hash(password, salt);
    }
    return CONDENSED_PREFIX + (await this.#threads.hash(condense(password, salt), salt));
  }

  async verify(password: string, hash: string): Promise<boolean> {
    if (!this.recognizes(hash)) {
      return false;
    }
    const isCondensed = hash.startsWith(CONDENSED_PREFIX);
    const bare = isCondensed ? hash.slice(CONDENSED_PREFIX.length) : hash.replace(/^\$2y\$/, '$2b$');
    const fits = fitsBcrypt(password);
    // A password of the other form is hashed all the same: its length would else be told by the time.
    const made = await this.#threads.hash(fits ? password : condense(password, bare), bare.slice(0, SALT_END));
    return timingSafeEqual(Buffer.from(made), Buffer.from(bare)) && fits !== isCondensed;
  }

  recognizes(hash: string): boolean {
    const cost = FORM.exec(hash)?.groups?.cost;
    return cost !== undefined && Number(cost) <= Math.max(MOST_FOREIGN_COST, this.#cost);
  }

  needsRehash(hash: string): boolean {
    const bare = hash.startsWith(CONDENSED_PREFIX) ? hash.slice(CONDENSED_PREFIX.length) : hash;
    return !bare.startsWith('$2b$') || Number(bare.slice(4, 6)) < this.#cost;
  }
}

/** Whether bcrypt reads the whole password. */
export function fitsBcrypt(password: string): boolean {
  return Buffer.byteLength(password, 'utf8') <= MOST_BCRYPT_BYTES && !password.includes('\0');
}

/** 64 characters of base64, without a NUL. The salt is in it, so that a list of leaked SHA-384 digests is of no use. */
function condense(password: string, saltOrHash: string): string {
  const salt = saltOrHash.slice(SALT_START, SALT_END);
  return createHmac('sha384', CONDENSING_TAG).update(`${salt}$`).update(password, 'utf8').digest('base64');
}
