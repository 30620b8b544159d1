import { deriveScrypt } from './derive.js';
import { ForeignHasher, type StoredKey } from './foreign-hasher.js';

const FORM = /^([0-9a-f]{32}):([0-9a-f]{128})$/;
const COST = { blocks: 16_384, size: 16, lanes: 1 };

/**
 * Reads better-auth's hashes, as they stand in `account.password`: salt and key in hex, by scrypt. The salt goes in as its hex
 * digits, the password in NFKC.
 * @see {@link https://www.better-auth.com/docs/authentication/email-password | better-auth: email and password}
 */
export class BetterAuthHasher extends ForeignHasher {
  protected read(hash: string): StoredKey | null {
    const [, salt, encoded] = FORM.exec(hash) ?? [];
    if (!salt || !encoded) {
      return null;
    }
    const key = Buffer.from(encoded, 'hex');
    return { key, derive: (password) => deriveScrypt(password.normalize('NFKC'), salt, key.length, COST) };
  }
}
