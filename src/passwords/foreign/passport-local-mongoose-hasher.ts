import { DIGEST_BYTES, derivePbkdf2, isBearableIterations, isDigest } from './derive.js';
import { ForeignHasher, type StoredKey } from './foreign-hasher.js';

/** A user's `salt` and `hash`, and the plugin's options where they were not its defaults. */
export interface PassportLocalMongooseHash {
  /** Kept and used as the text that it is. */
  salt: string;
  /** In hex, the plugin's default encoding. */
  hash: string;
  /** @defaultValue 25000 */
  iterations?: number;
  /** @defaultValue `sha256`; old versions of the plugin had `sha1` */
  digestAlgorithm?: 'sha1' | 'sha256' | 'sha512';
}

const FORM = /^\$passport-local-mongoose\$(sha1|sha256|sha512)\$(\d{1,8})\$([^$]{1,128})\$([0-9a-f]{40,128})$/;

/**
 * Reads passport-local-mongoose's PBKDF2 hashes. They stand in two fields, `salt` and `hash`;
 * {@link PassportLocalMongooseHasher.join} makes one string of them.
 * @see {@link https://github.com/saintedlama/passport-local-mongoose | passport-local-mongoose}
 */
export class PassportLocalMongooseHasher extends ForeignHasher {
  /**
   * Makes the string to be imported. Of the 512 bytes of the plugin it keeps the first block of PBKDF2 (32 bytes for SHA-256), which the others
   * add no strength to (RFC 8018, section 5.2), so that it fits a column of 255 characters and costs a sixteenth.
   * @returns `$passport-local-mongoose$sha256$25000$salt$hash`
   */
  static join(user: PassportLocalMongooseHash): string {
    const digest = user.digestAlgorithm ?? 'sha256';
    const block = user.hash
      .trim()
      .toLowerCase()
      .slice(0, 2 * DIGEST_BYTES[digest]);
    return `$passport-local-mongoose$${digest}$${user.iterations ?? 25_000}$${user.salt}$${block}`;
  }

  protected read(hash: string): StoredKey | null {
    const [, digest, iterations, salt, encoded] = FORM.exec(hash) ?? [];
    const key = Buffer.from(encoded ?? '', 'hex');
    if (!isDigest(digest) || !salt || key.length !== DIGEST_BYTES[digest] || !isBearableIterations(Number(iterations))) {
      return null;
    }
    return { key, derive: (password) => derivePbkdf2(password, salt, Number(iterations), key.length, digest) };
  }
}
