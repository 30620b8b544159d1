import type { Request } from 'express';
import { LoginBadCredentialsError } from '../authentication/index.js';
import { clientKey } from '../http/index.js';
import { type BaseUserWithoutId, normalizeEmail, type UserWithSecrets } from '../model/index.js';
import { hashClient, type UsersContext } from './users-context.js';

/** Checks passwords: at login, for re-authentication and as `currentPassword`. All of them count against the same limits. */
export class PasswordCheck<U extends BaseUserWithoutId> {
  /** The stamp that was read together with the hash, of those whose password was right just now. */
  private readonly stamps = new WeakMap<U, string>();

  constructor(private readonly context: UsersContext<U>) {}

  /**
   * Finds the active user of a name and a password. It takes the same time whether the name is known, the password right, or the user active.
   * @param name - what a person typed: an address, or what another of the `loginFields` holds
   * @returns null where any of it is wrong
   * @throws {@link TooManyRequestsError} past a limit
   */
  async byName(name: string, password: string, request?: Request): Promise<U | null> {
    const found = await this.find(name);
    const account = found?.user.email ?? normalizeEmail(name) ?? name;
    const isRight = await this.count(account, request, async () => {
      const valid = await this.verify(found, password, request);
      return valid && found?.user.isActive === true;
    });
    if (isRight && found !== null) {
      this.stamps.set(found.user, found.secrets.securityStamp);
      return found.user;
    }
    await this.context.events.tell('login-failed', found?.user.id ?? null, request);
    return null;
  }

  /** The security stamp that a sign-in goes by. One whose password was changed since it was checked makes a session that is over. */
  async stampOf(user: U): Promise<string> {
    const known = this.stamps.get(user);
    if (known !== undefined) return known;
    const found = await this.context.table.findWithSecrets({ id: user.id }, this.context.within);
    if (found === null) throw new LoginBadCredentialsError();
    return found.secrets.securityStamp;
  }

  /**
   * Checks the password of a user, who may have changed it a moment ago. A user without one has no right password.
   * @returns the security stamp that was read together with the hash; null where the password is missing or wrong
   */
  async ofUser(user: U, password: string | null | undefined, request?: Request): Promise<string | null> {
    if (typeof password !== 'string') return null;
    const found = await this.context.table.findWithSecrets({ id: user.id }, this.context.within);
    const isRight = await this.count(user.email, request, () => this.verify(found, password, request));
    return isRight && found !== null ? found.secrets.securityStamp : null;
  }

  private count(account: string, request: Request | undefined, check: () => Promise<boolean>): Promise<boolean> {
    // Code of the app's own that asks without a request is not an attacker who tries.
    return request === undefined ? check() : this.context.passwordTries.count({ account, address: clientKey(request) }, check);
  }

  private async find(name: string): Promise<UserWithSecrets<U> | null> {
    const { table, settings, within } = this.context;
    for (const field of settings.loginFields) {
      const value = field === 'email' ? normalizeEmail(name) : name;
      const isStorable = value !== null && value !== '' && value.length <= 255 && value.isWellFormed() && !value.includes('\0');
      const found = isStorable ? await table.findWithSecrets({ [field]: value }, within) : null;
      if (found !== null) return found;
    }
    return null;
  }

  private async verify(found: UserWithSecrets<U> | null, password: string, request?: Request): Promise<boolean> {
    const { passwords, hooks } = this.context;
    const hash = found?.secrets.hashedPassword ?? null;
    const { valid, renewedHash } = await passwords.verify(password, hash, hashClient(request));
    if (found === null) return false;
    if (valid) {
      if (renewedHash !== null) await this.renew(found, renewedHash);
      return true;
    }
    if (hash === null || !hooks.has('verifyLegacyPassword') || passwords.recognizes(hash)) return false;
    const isRight = (await hooks.run('verifyLegacyPassword', password, found.user)).includes(true);
    if (isRight) await this.renew(found, await passwords.hash(password, hashClient(request)));
    return isRight;
  }

  /** Only where the hash is still the one that was checked: a password that was changed meanwhile stays changed. */
  private async renew({ user, secrets }: UserWithSecrets<U>, hashedPassword: string): Promise<void> {
    const conditions = { securityStamp: secrets.securityStamp, hashedPassword: secrets.hashedPassword };
    await this.context.table.update(user.id, { hashedPassword }, conditions, this.context.within);
  }
}
