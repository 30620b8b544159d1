import { BcryptHasher, type PasswordHasher } from '../../src/passwords/index.js';

/** bcrypt at its least cost: a millisecond instead of a quarter of a second. */
export function weakBcrypt(cost = 4): BcryptHasher {
  return new BcryptHasher({ cost, dangerouslyAllowWeakCost: true });
}

/** A hasher in clear that counts its work, for tests on who does what and how often. */
export class CountingHasher implements PasswordHasher {
  readonly calls: string[] = [];

  constructor(
    private readonly name: string,
    private readonly outdated = false,
  ) {}

  async hash(password: string): Promise<string> {
    this.calls.push('hash');
    return `$${this.name}$${password}`;
  }

  async verify(password: string, hash: string): Promise<boolean> {
    this.calls.push('verify');
    return hash === `$${this.name}$${password}`;
  }

  recognizes(hash: string): boolean {
    return hash.startsWith(`$${this.name}$`);
  }

  needsRehash(): boolean {
    return this.outdated;
  }
}
