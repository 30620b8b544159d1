import { createHash, timingSafeEqual } from 'node:crypto';
import type { PasswordHasher } from '../passwords/index.js';
import { systemRandomness } from '../runtime/randomness.js';
import { UsersSetupError } from '../runtime/setup-error.js';

const FORM = /^\$rcu-test\$([\w-]{22})\$([\w-]{43})$/;

/** Hashes passwords in no time, for tests. Whoever gets hold of such hashes has the passwords: it refuses to run in production. */
export class FastHasher implements PasswordHasher {
  /** @throws {@link UsersSetupError} where NODE_ENV is `production` */
  constructor() {
    if (process.env.NODE_ENV === 'production') {
      throw new UsersSetupError(['FastHasher is for tests and protects no password: leave `hashers` out in production']);
    }
  }

  async hash(password: string): Promise<string> {
    const salt = systemRandomness.bytes(16).toString('base64url');
    return `$rcu-test$${salt}$${digest(salt, password)}`;
  }

  async verify(password: string, hash: string): Promise<boolean> {
    const [, salt, right] = FORM.exec(hash) ?? [];
    return salt !== undefined && right !== undefined && timingSafeEqual(Buffer.from(digest(salt, password)), Buffer.from(right));
  }

  recognizes(hash: string): boolean {
    return FORM.test(hash);
  }
}

function digest(salt: string, password: string): string {
  return createHash('sha256').update(salt).update(password).digest('base64url');
}
