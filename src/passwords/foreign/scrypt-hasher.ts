import { deriveScrypt, isBearableScrypt } from './derive.js';
import { ForeignHasher, type StoredKey } from './foreign-hasher.js';

const FORM = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{1,128})\$([A-Za-z0-9+/]{22,128})$/;

/**
 * Reads scrypt in the PHC string format, as passlib and `@phc/scrypt` write it: `$scrypt$ln=15,r=8,p=1$salt$key`, base64 without padding.
 * @see {@link https://github.com/P-H-C/phc-string-format | PHC string format}
 */
export class ScryptHasher extends ForeignHasher {
  protected read(hash: string): StoredKey | null {
    const [, ln, r, p, salt, encoded] = FORM.exec(hash) ?? [];
    const cost = { blocks: 2 ** Number(ln), size: Number(r), lanes: Number(p) };
    if (!salt || !encoded || !isBearableScrypt(cost)) {
      return null;
    }
    const key = Buffer.from(encoded, 'base64');
    return { key, derive: (password) => deriveScrypt(password, Buffer.from(salt, 'base64'), key.length, cost) };
  }
}
