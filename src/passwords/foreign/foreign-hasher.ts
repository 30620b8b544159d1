import { timingSafeEqual } from 'node:crypto';
import type { PasswordHasher } from '../password-hasher.js';

/** What a stored hash holds: the key, and how the other system made it of a password. */
export interface StoredKey {
  /** At least 16 bytes. */
  key: Buffer;
  /** Makes as many bytes as the key has. */
  derive(password: string): Promise<Buffer>;
}

/**
 * Reads the hashes of another system, so that its users can go on signing in. It makes none: it stands behind the hasher of the
 * app in `hashers`, which renews each hash when its owner has signed in.
 */
export abstract class ForeignHasher implements PasswordHasher {
  /** Whether it cannot stand first in `hashers`. */
  readonly verifiesOnly = true;

  /** @returns null for a hash that is not of this form, or whose cost no honest system would ask for */
  protected abstract read(hash: string): StoredKey | null;

  /** @throws always: new hashes are made by the first hasher */
  async hash(_password: string): Promise<string> {
    throw new Error(`${this.constructor.name} only verifies: put a hasher that makes hashes before it in hashers`);
  }

  async verify(password: string, hash: string): Promise<boolean> {
    const stored = this.read(hash);
    return stored !== null && timingSafeEqual(await stored.derive(password), stored.key);
  }

  recognizes(hash: string): boolean {
    return this.read(hash) !== null;
  }
}
