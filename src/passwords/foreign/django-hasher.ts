import { DIGEST_BYTES, derivePbkdf2, isBearableIterations, isDigest } from './derive.js';
import { ForeignHasher, type StoredKey } from './foreign-hasher.js';

const FORM = /^pbkdf2_(sha1|sha256)\$(\d{1,8})\$([^$]{1,128})\$([A-Za-z0-9+/]{22,88}={0,2})$/;

/**
 * Reads Django's `pbkdf2_sha256$…` (its default) and `pbkdf2_sha1$…`, as they stand in `auth_user.password`.
 * @see {@link https://docs.djangoproject.com/en/stable/topics/auth/passwords/ | Django: password management}
 */
export class DjangoHasher extends ForeignHasher {
  protected read(hash: string): StoredKey | null {
    const [, digest, iterations, salt, encoded] = FORM.exec(hash) ?? [];
    const key = Buffer.from(encoded ?? '', 'base64');
    if (!isDigest(digest) || !salt || key.length !== DIGEST_BYTES[digest] || !isBearableIterations(Number(iterations))) {
      return null;
    }
    return { key, derive: (password) => derivePbkdf2(password, salt, Number(iterations), key.length, digest) };
  }
}
