import { createHash } from 'node:crypto';
import type { Logger } from '../runtime/logger.js';
import { BreachLookUpError } from './breach-look-up.error.js';
import { fileLookUp } from './breached-file.js';
import { type RangeLookUpOptions, rangeLookUp } from './breached-range.js';

/** Tells whether a SHA-1 digest, 40 upper-case hex digits, is that of a password from a breach. */
export type BreachLookUp = (digest: string) => Promise<boolean>;

export interface BreachedPasswordsOptions {
  /** Told when a look-up fails, and why; never a password or a part of its digest. @defaultValue `console` */
  logger?: Pick<Logger, 'warn'>;
}

/**
 * Passwords that are known from breaches elsewhere, which attackers try first. The check is off unless the app gives one. When a look-up
 * fails or takes too long, the password is let through and the logger told: nobody is kept from registering by another service.
 * @see {@link https://haveibeenpwned.com/API/v3#PwnedPasswords | Pwned Passwords}
 */
export class BreachedPasswords {
  readonly #lookUp: BreachLookUp;
  readonly #logger: Pick<Logger, 'warn'>;

  constructor(lookUp: BreachLookUp, options: BreachedPasswordsOptions = {}) {
    this.#lookUp = lookUp;
    this.#logger = options.logger ?? console;
  }

  /**
   * Asks a service of ranges. It learns 5 of the 40 digits of the password's SHA-1 digest, which hundreds of passwords share, and its answer
   * is padded, so that its length tells nothing either.
   * @throws {@link UsersSetupError} when an option is out of range
   */
  static range(options: RangeLookUpOptions & BreachedPasswordsOptions = {}): BreachedPasswords {
    return new BreachedPasswords(rangeLookUp(options), options);
  }

  /**
   * Looks into a file of SHA-1 digests in hex, sorted, one a line, with or without `:count`, such as the Pwned Passwords downloader makes. It
   * may have any size: a look-up reads some kilobytes.
   */
  static file(path: string, options: BreachedPasswordsOptions = {}): BreachedPasswords {
    return new BreachedPasswords(fileLookUp(path), options);
  }

  /**
   * Tells whether a password is known from a breach.
   * @param password - judged in NFC
   * @returns false as well when that could not be found out
   */
  async isBreached(password: string): Promise<boolean> {
    const digest = createHash('sha1').update(password.normalize('NFC'), 'utf8').digest('hex').toUpperCase();
    try {
      return await this.#lookUp(digest);
    } catch (error) {
      this.#logger.warn(`The look-up of breached passwords failed, and a password was let through: ${reasonOf(error)}.`);
      return false;
    }
  }
}

/** The text of another error may hold the address, and with it digits of the digest; its code and name do not. */
function reasonOf(error: unknown): string {
  if (error instanceof BreachLookUpError) {
    return error.message;
  }
  for (const thrown of [error, error instanceof Error ? error.cause : undefined]) {
    if (thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string') {
      return thrown.code;
    }
  }
  return error instanceof Error ? error.name : 'unknown error';
}
