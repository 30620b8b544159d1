import { createCipheriv } from 'node:crypto';
import { UsersSetupError } from '../../runtime/setup-error.js';
import { deriveScrypt, isBearableScrypt, type ScryptCost } from './derive.js';
import { ForeignHasher, type StoredKey } from './foreign-hasher.js';

/** A project's password hash parameters, from the Firebase console: Authentication, Users, the menu above the list. */
export interface FirebaseHasherOptions {
  /** `base64_signer_key`; a secret. */
  signerKey: string;
  /** `base64_salt_separator` */
  saltSeparator: string;
  /** `rounds`, 1 to 8 */
  rounds: number;
  /** `mem_cost`, 1 to 14 */
  memCost: number;
}

const PREFIX = '$firebase-scrypt$';
const FORM = /^\$firebase-scrypt\$([A-Za-z0-9+/]{1,128}={0,2})\$([A-Za-z0-9+/]{22,256}={0,2})$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const CIPHER_KEY_BYTES = 32;
const NO_IV = Buffer.alloc(16);

/**
 * Reads Firebase Authentication's hashes: its own scrypt, whose key encrypts the project's signer key. The export has salt and hash
 * apart; {@link FirebaseHasher.join} makes one string of them.
 * @see {@link https://github.com/firebase/scrypt | Firebase's modified scrypt}
 */
export class FirebaseHasher extends ForeignHasher {
  readonly #signerKey: Buffer;
  readonly #saltSeparator: Buffer;
  readonly #cost: ScryptCost;

  /** @throws {@link UsersSetupError} when a parameter is not what Firebase shows */
  constructor(options: FirebaseHasherOptions) {
    super();
    this.#signerKey = Buffer.from(toBase64(options.signerKey), 'base64');
    this.#saltSeparator = Buffer.from(toBase64(options.saltSeparator), 'base64');
    this.#cost = { blocks: 2 ** options.memCost, size: options.rounds, lanes: 1 };
    const faults: string[] = [];
    if (!BASE64.test(toBase64(options.signerKey)) || this.#signerKey.length < CIPHER_KEY_BYTES) {
      faults.push('new FirebaseHasher({ signerKey }): signerKey is the base64_signer_key of the Firebase console.');
    }
    if (!BASE64.test(toBase64(options.saltSeparator))) {
      faults.push('new FirebaseHasher({ saltSeparator }): saltSeparator is the base64_salt_separator of the Firebase console.');
    }
    if (!Number.isInteger(options.rounds) || !Number.isInteger(options.memCost) || !isBearableScrypt(this.#cost)) {
      faults.push(
        'new FirebaseHasher({ rounds, memCost }): they are the rounds and mem_cost of the Firebase console, such as 8 and 14.',
      );
    }
    if (faults.length > 0) {
      throw new UsersSetupError(faults);
    }
  }

  /**
   * Makes the string to be imported of a user's `salt` and `passwordHash`, as `firebase auth:export` or the Admin SDK give them.
   * @returns `$firebase-scrypt$salt$hash`
   */
  static join(user: { salt: string; passwordHash: string }): string {
    return `${PREFIX}${toBase64(user.salt)}$${toBase64(user.passwordHash)}`;
  }

  protected read(hash: string): StoredKey | null {
    const [, salt, encoded] = FORM.exec(hash) ?? [];
    if (!salt || !encoded) {
      return null;
    }
    const key = Buffer.from(encoded, 'base64');
    if (key.length !== this.#signerKey.length) {
      return null;
    }
    const fullSalt = Buffer.concat([Buffer.from(salt, 'base64'), this.#saltSeparator]);
    return { key, derive: (password) => this.#encryptSignerKey(password, fullSalt) };
  }

  async #encryptSignerKey(password: string, salt: Buffer): Promise<Buffer> {
    const cipherKey = await deriveScrypt(password, salt, CIPHER_KEY_BYTES, this.#cost);
    const cipher = createCipheriv('aes-256-ctr', cipherKey, NO_IV);
    return Buffer.concat([cipher.update(this.#signerKey), cipher.final()]);
  }
}

/** The Admin SDK gives base64url, the command-line tool base64. */
function toBase64(text: string): string {
  return text.trim().replaceAll('-', '+').replaceAll('_', '/');
}
