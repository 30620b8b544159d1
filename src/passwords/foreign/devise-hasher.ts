import { UsersSetupError } from '../../runtime/setup-error.js';
import { fitsBcrypt, MOST_BCRYPT_BYTES } from '../bcrypt-hasher.js';
import { BcryptThreads } from '../bcrypt-threads.js';
import { ForeignHasher, type StoredKey } from './foreign-hasher.js';

const PREFIX = '$devise';
/** Up to cost 16, some seconds of a thread: an imported row cannot hold one for a day. */
const FORM = /^\$devise\$2[aby](\$(?:0[4-9]|1[0-6])\$[./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/;

/**
 * Reads the hashes of Devise with a `pepper`: bcrypt of password and pepper, one after the other. {@link DeviseHasher.tag} marks them, for
 * they look like plain bcrypt. Devise without a pepper is plain bcrypt, which `BcryptHasher` reads as it is.
 *
 * bcrypt reads 72 bytes, so Devise mostly cuts its pepper off, and that is repeated here. A password that does not fit as a whole is
 * refused: Devise would take any other with the same start for it. Its owner resets it.
 * @see {@link https://github.com/heartcombo/devise | Devise}, `config.pepper`
 */
export class DeviseHasher extends ForeignHasher {
  readonly #pepper: string;
  readonly #threads = new BcryptThreads();

  /**
   * @param options - `pepper`: the `config.pepper` of Devise's initializer, a secret
   * @throws {@link UsersSetupError} when it is empty
   */
  constructor(options: { pepper: string }) {
    super();
    if (!options.pepper) {
      throw new UsersSetupError([
        'new DeviseHasher({ pepper }): pepper is the config.pepper of Devise. Without one BcryptHasher reads its hashes.',
      ]);
    }
    this.#pepper = options.pepper;
  }

  /**
   * Makes the string to be imported of `encrypted_password`.
   * @returns `$devise$2a$12$…`
   */
  static tag(encryptedPassword: string): string {
    return PREFIX + encryptedPassword.trim();
  }

  protected read(hash: string): StoredKey | null {
    const [, costAndSalt, digest] = FORM.exec(hash) ?? [];
    if (!costAndSalt || !digest) {
      return null;
    }
    const salt = `$2b${costAndSalt}`;
    return { key: Buffer.from(salt + digest), derive: (password) => this.#derive(password, salt) };
  }

  async #derive(password: string, salt: string): Promise<Buffer> {
    const read = Buffer.from(password + this.#pepper, 'utf8').subarray(0, MOST_BCRYPT_BYTES);
    const derived = Buffer.from(await this.#threads.hash(read, salt));
    // Zeros are no bcrypt hash, so they equal none. The work is done all the same.
    return fitsBcrypt(password) ? derived : Buffer.alloc(derived.length);
  }
}
