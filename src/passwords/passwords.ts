import { systemRandomness } from '../runtime/randomness.js';
import { BcryptHasher } from './bcrypt-hasher.js';
import type { BreachedPasswords } from './breached-passwords.js';
import { HashQueue } from './hash-queue.js';
import { InvalidPasswordError } from './invalid-password.error.js';
import type { PasswordHasher } from './password-hasher.js';
import { type PasswordContext, PasswordPolicy } from './password-policy.js';

export interface PasswordsOptions {
  /** The first makes hashes, the first that recognizes one verifies it. @defaultValue `[new BcryptHasher()]` */
  hashers?: readonly PasswordHasher[];
  /** Where hashing waits for its turn. @defaultValue a queue of its own */
  queue?: HashQueue;
  /** The rules for new passwords. @defaultValue 8 to 256 code points, none of the common ones */
  policy?: PasswordPolicy;
  /** Where {@link Passwords.checkBreached} looks a new password up. @defaultValue none: that check is off */
  breached?: BreachedPasswords;
  /** Told when a stored hash is of no hasher's form, so that its owner cannot sign in. It is not handed the hash. */
  onUnrecognizedHash?: () => void;
}

/** What became of a password that was checked against a hash. */
export interface PasswordVerdict {
  valid: boolean;
  /** A new hash to be stored in place of an outdated one, after a right password only; else null. */
  renewedHash: string | null;
}

/** Longer input is refused unread, so that nobody makes us hash megabytes. The policy allows less. */
const MOST_BYTES = 4096;

const INVALID: PasswordVerdict = { valid: false, renewedHash: null };

/** All that is done with passwords: the rules, hashing, verifying. Hashing waits in the queue and runs off the event loop. */
export class Passwords {
  readonly #hashers: readonly PasswordHasher[];
  readonly #first: PasswordHasher;
  readonly #policy: PasswordPolicy;
  readonly #breached: BreachedPasswords | undefined;
  readonly #onUnrecognizedHash: () => void;
  readonly queue: HashQueue;
  #dummyHash: string | undefined;

  constructor(options: PasswordsOptions = {}) {
    const [first, ...others] = options.hashers ?? [];
    this.#first = first ?? new BcryptHasher();
    this.#hashers = [this.#first, ...others];
    this.#policy = options.policy ?? new PasswordPolicy();
    this.#breached = options.breached;
    this.#onUnrecognizedHash = options.onUnrecognizedHash ?? (() => {});
    this.queue = options.queue ?? new HashQueue();
  }

  /** The form in which a password is judged, hashed and verified: NFC, so that `é` typed on two systems is one password. */
  normalize(password: string): string {
    return password.normalize('NFC');
  }

  /**
   * Holds a new password to the rules.
   * @throws {@link InvalidPasswordError} with the reason against it
   */
  check(password: string, context: PasswordContext = {}): void {
    const reason = this.#policy.reasonAgainst(password, context);
    if (reason !== null) {
      throw new InvalidPasswordError(reason);
    }
  }

  /**
   * Holds a new password that passed {@link Passwords.check} to the list of breached ones, where the app gave one.
   * @throws {@link InvalidPasswordError} when it is known from a breach; not when that could not be found out
   */
  async checkBreached(password: string): Promise<void> {
    if (await this.#breached?.isBreached(password)) {
      throw new InvalidPasswordError('The password is known from a data breach elsewhere. Choose another one.');
    }
  }

  /**
   * Makes a hash to be stored, by the first hasher.
   * @param client - whose share of the queue it counts against, such as an IP address
   * @throws {@link InvalidPasswordError} for more than 4096 bytes, which could never be verified
   * @throws {@link ServiceUnavailableError} when the queue is full
   */
  async hash(password: string, client?: string): Promise<string> {
    const normalized = this.normalize(password);
    if (isTooLarge(normalized)) {
      throw new InvalidPasswordError('The password is too long.');
    }
    return this.queue.run(client, () => this.#first.hash(normalized));
  }

  /**
   * Checks a password against a stored hash. Without a hash the same work is done for nothing, so that an unknown user costs the time of
   * a known one. That holds for hashes of the first hasher; an outdated one costs one hash more, right or wrong, until it is renewed.
   * @param hash - null, undefined or empty for a user who is unknown or has no password
   * @param client - whose share of the queue it counts against, such as an IP address
   * @throws {@link ServiceUnavailableError} when the queue is full
   */
  async verify(password: string, hash: string | null | undefined, client?: string): Promise<PasswordVerdict> {
    const hasher = hash ? this.#hashers.find((candidate) => candidate.recognizes(hash)) : undefined;
    if (hash && !hasher) {
      this.#onUnrecognizedHash();
    }
    const normalized = password.length > MOST_BYTES ? password : this.normalize(password);
    if (!hash || !hasher || isTooLarge(normalized)) {
      return this.queue.run(client, () => this.#refuseSlowly());
    }
    const isOutdated = hasher !== this.#first || (hasher.needsRehash?.(hash) ?? false);
    return this.queue.run(client, async () => {
      if (!(await hasher.verify(normalized, hash))) {
        return isOutdated ? this.#refuseSlowly() : INVALID;
      }
      return { valid: true, renewedHash: isOutdated ? await this.#first.hash(normalized) : null };
    });
  }

  /** Whether a hasher can read a stored hash. */
  recognizes(hash: string): boolean {
    return this.#hashers.some((hasher) => hasher.recognizes(hash));
  }

  /**
   * Does the work of one verification. The first time, when there is no dummy hash yet, it makes one, which is the same work;
   * so the very first unknown user takes no longer than the next.
   */
  async #refuseSlowly(): Promise<PasswordVerdict> {
    if (this.#dummyHash === undefined) {
      this.#dummyHash = await this.#first.hash(randomPassword());
    } else {
      await this.#first.verify(randomPassword(), this.#dummyHash);
    }
    return INVALID;
  }
}

function isTooLarge(password: string): boolean {
  return password.length > MOST_BYTES || Buffer.byteLength(password, 'utf8') > MOST_BYTES;
}

function randomPassword(): string {
  return systemRandomness.bytes(24).toString('base64url');
}
