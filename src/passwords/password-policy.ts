import { UsersSetupError } from '../runtime/setup-error.js';
import { isCommonPassword } from './common-passwords.js';

export interface PasswordPolicyOptions {
  /** Code points that a password has at least. 15 is advised where the password is the only factor. @defaultValue 8 */
  minLength?: number;
  /** Code points that a password has at most, 64 to 1024: room for long sentences, and a bound on what is hashed. @defaultValue 256 */
  maxLength?: number;
}

/** What else is known of the person, and must not be the password. */
export interface PasswordContext {
  email?: string;
}

const DEFAULT_MIN_LENGTH = 8;
const DEFAULT_MAX_LENGTH = 256;
const LEAST_MIN_LENGTH = 8;
const LEAST_MAX_LENGTH = 64;
/** 4 bytes each: what is allowed is also short enough to be verified. */
const MOST_MAX_LENGTH = 1024;

/**
 * The rules for a new password: its length, no common one, not the person's own address. No rule asks for digits or signs, which
 * makes passwords worse (NIST SP 800-63B, section 3.1.1.2).
 */
export class PasswordPolicy {
  readonly #minLength: number;
  readonly #maxLength: number;

  /** @throws {@link UsersSetupError} when a length is out of range */
  constructor(options: PasswordPolicyOptions = {}) {
    this.#minLength = options.minLength ?? DEFAULT_MIN_LENGTH;
    this.#maxLength = options.maxLength ?? DEFAULT_MAX_LENGTH;
    const faults: string[] = [];
    if (!isWithin(this.#maxLength, LEAST_MAX_LENGTH, MOST_MAX_LENGTH)) {
      faults.push(
        `new PasswordPolicy({ maxLength }): maxLength is a whole number from ${LEAST_MAX_LENGTH} to ${MOST_MAX_LENGTH}, ` +
          `${DEFAULT_MAX_LENGTH} unless told.`,
      );
    }
    if (!isWithin(this.#minLength, LEAST_MIN_LENGTH, LEAST_MAX_LENGTH)) {
      faults.push(
        `new PasswordPolicy({ minLength }): minLength is a whole number from ${LEAST_MIN_LENGTH} to ${LEAST_MAX_LENGTH}, ` +
          `${DEFAULT_MIN_LENGTH} unless told.`,
      );
    }
    if (faults.length > 0) {
      throw new UsersSetupError(faults);
    }
  }

  /**
   * Tells why a password cannot be taken.
   * @param password - as received; it is judged in NFC
   * @returns one sentence for the person, or null for a password that may be taken
   */
  reasonAgainst(password: string, context: PasswordContext = {}): string | null {
    const normalized = password.normalize('NFC');
    const length = countCodePoints(normalized, this.#maxLength);
    if (length < this.#minLength) {
      return `The password is too short. Use at least ${this.#minLength} characters.`;
    }
    if (length > this.#maxLength) {
      return `The password is too long. Use at most ${this.#maxLength} characters.`;
    }
    if (isCommonPassword(normalized)) {
      return 'The password is too common. Choose one that is harder to guess.';
    }
    if (isPartOfAddress(normalized, context.email)) {
      return 'The password is your e-mail address. Choose another one.';
    }
    return null;
  }
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

/** Counts to one past the bound and no further, whatever was sent. */
function countCodePoints(text: string, bound: number): number {
  let count = 0;
  for (const _ of text) {
    count += 1;
    if (count > bound) {
      break;
    }
  }
  return count;
}

function isPartOfAddress(password: string, email: string | undefined): boolean {
  if (!email) {
    return false;
  }
  const address = email.trim().normalize('NFC').toLowerCase();
  const candidate = password.trim().toLowerCase();
  return candidate === address || candidate === address.slice(0, address.lastIndexOf('@'));
}
