import { createRequire } from 'node:module';
import { UsersSetupError } from '../../runtime/setup-error.js';
import type { PasswordHasher } from '../password-hasher.js';

export interface Argon2HasherOptions {
  /** KiB of memory for one hash, 7168 to 1048576. More costs an attacker with graphics cards most. @defaultValue 19456 */
  memoryKiB?: number;
  /** Passes over the memory, 1 to 64: more double the time, not the memory. @defaultValue 2 */
  passes?: number;
  /** Lanes, 1 to 16, each worked off by a thread of its own. @defaultValue 1 */
  parallelism?: number;
}

type Argon2 = Pick<typeof import('@node-rs/argon2'), 'hash' | 'verify'>;

const PACKAGE = '@node-rs/argon2';
const MISSING = `Argon2Hasher needs the package ${PACKAGE}: npm install ${PACKAGE}`;

/** 7 MiB is the least memory that OWASP names (with 5 passes), 1 GiB what a stored hash may ask for at most. */
const BOUNDS = { memoryKiB: [7168, 1_048_576], passes: [1, 64], parallelism: [1, 16] } as const;
const DEFAULTS = { memoryKiB: 19_456, passes: 2, parallelism: 1 } as const;

const FORM =
  /^\$(argon2(?:id|i|d))\$(?:v=(\d{2})\$)?m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{16,172}$/;
const NEWEST_VERSION = 19;

/**
 * Argon2id by `@node-rs/argon2`, which the app installs. Its defaults are OWASP's: 19 MiB, 2 passes, 1 lane. It reads Argon2i and Argon2d
 * as well, and what argon2-cffi and pwdlib (fastapi-users) wrote; those are renewed.
 * @see {@link https://www.rfc-editor.org/rfc/rfc9106 | RFC 9106}
 * @see {@link https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html | OWASP: password storage}
 */
export class Argon2Hasher implements PasswordHasher {
  readonly #options: Required<Argon2HasherOptions>;
  #argon2: Argon2 | undefined;

  /** @throws {@link UsersSetupError} when an option is out of range */
  constructor(options: Argon2HasherOptions = {}) {
    this.#options = {
      memoryKiB: options.memoryKiB ?? DEFAULTS.memoryKiB,
      passes: options.passes ?? DEFAULTS.passes,
      parallelism: options.parallelism ?? DEFAULTS.parallelism,
    };
    const faults = (['memoryKiB', 'passes', 'parallelism'] as const).flatMap((name) => {
      const [least, most] = BOUNDS[name];
      const value = this.#options[name];
      return Number.isInteger(value) && value >= least && value <= most
        ? []
        : [`new Argon2Hasher({ ${name} }): ${name} is a whole number from ${least} to ${most}, ${DEFAULTS[name]} unless told.`];
    });
    if (faults.length > 0) {
      throw new UsersSetupError(faults);
    }
  }

  /** Tells at start whether the package is missing; it is loaded at the first use. */
  faults(): string[] {
    try {
      createRequire(import.meta.url).resolve(PACKAGE);
      return [];
    } catch {
      return [MISSING];
    }
  }

  /** @throws {@link UsersSetupError} when the package is missing */
  async hash(password: string): Promise<string> {
    const { memoryKiB: memoryCost, passes: timeCost, parallelism } = this.#options;
    return (await this.#load()).hash(password, { memoryCost, timeCost, parallelism });
  }

  /** @throws {@link UsersSetupError} when the package is missing */
  async verify(password: string, hash: string): Promise<boolean> {
    if (!this.recognizes(hash)) {
      return false;
    }
    const argon2 = await this.#load();
    // What it throws is about the hash: base64 that does not decode.
    return argon2.verify(hash, password).catch(() => false);
  }

  recognizes(hash: string): boolean {
    return read(hash) !== null;
  }

  needsRehash(hash: string): boolean {
    const stored = read(hash);
    return (
      stored === null ||
      stored.variant !== 'argon2id' ||
      stored.version !== NEWEST_VERSION ||
      stored.memoryKiB < this.#options.memoryKiB ||
      stored.passes < this.#options.passes
    );
  }

  async #load(): Promise<Argon2> {
    try {
      this.#argon2 ??= await import('@node-rs/argon2');
      return this.#argon2;
    } catch (error) {
      throw new UsersSetupError([`${MISSING} (${error instanceof Error ? error.message : String(error)})`]);
    }
  }
}

interface StoredArgon2 extends Required<Argon2HasherOptions> {
  variant: string;
  version: number;
}

/** @returns null for a hash of another form, or one whose cost is above what this process would bear */
function read(hash: string): StoredArgon2 | null {
  const [, variant, version, memory, passes, parallelism] = FORM.exec(hash) ?? [];
  if (!variant) {
    return null;
  }
  const stored = {
    variant,
    // Hashes of before version 19 (0x13) do not name theirs.
    version: Number(version ?? 16),
    memoryKiB: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
  };
  const isBearable =
    stored.memoryKiB <= BOUNDS.memoryKiB[1] && stored.passes <= BOUNDS.passes[1] && stored.parallelism <= BOUNDS.parallelism[1];
  return isBearable ? stored : null;
}
