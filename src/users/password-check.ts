import type { Request } from 'express';
import { LoginBadCredentialsError, ReauthenticationRequiredError } from '../authentication/index.js';
import { clientKey } from '../http/index.js';
import type { TriedName } from '../limits/index.js';
import { type BaseUserWithoutId, normalizeEmail, type UserWithSecrets } from '../model/index.js';
import type { Session } from '../sessions/index.js';
import { loginNamesOf, triedName } from './login-names.js';
import { hashClient, type UsersContext } from './users-context.js';

/** By which session a person acts on his own account, where there is one. */
export interface ActingSession {
  session: Session | null;
  request?: Request;
}

/** What was true of an account when its owner was checked. Whatever he was checked for is written only where it still is. */
export interface OwnerProof {
  /** Another one where the password was changed or set meanwhile. */
  securityStamp: string;
}

/** Checks passwords: at login, for re-authentication and as `currentPassword`. All of them count against the same limits. */
export class PasswordCheck<U extends BaseUserWithoutId> {
  /** The stamp that was read together with the hash, of those whose password was right just now. */
  private readonly stamps = new WeakMap<U, string>();

  /** The address first: nobody gets in the way of its owner who takes it for another of his fields, such as a user name. */
  private readonly loginFields: readonly string[];

  constructor(private readonly context: UsersContext<U>) {
    const isEmail = (field: string) => Number(field === 'email');
    this.loginFields = [...context.settings.loginFields].sort((one, other) => isEmail(other) - isEmail(one));
  }

  /**
   * Finds the active user of a name and a password; with `preventEnumeration` the verified one. It takes the same time whether the name is known,
   * the password right, or the user one of these.
   * @param name - what a person typed: an address, or what another of the `loginFields` holds
   * @returns null where any of it is wrong, which counts as a wrong password
   * @throws {@link TooManyRequestsError} past a limit
   */
  async byName(name: string, password: string, request?: Request): Promise<U | null> {
    const { found, tried } = await this.find(name);
    const isRight = await this.count(tried, found, request, async () => {
      const valid = await this.verify(found, password, request);
      return valid && found !== null && this.mayLearn(found.user);
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
    const [tried = { name: user.email }] = loginNamesOf(user, this.loginFields);
    const isRight = await this.count(tried, found, request, () => this.verify(found, password, request));
    return isRight && found !== null ? found.secrets.securityStamp : null;
  }

  /**
   * Checks that it is the owner who changes his account: by his password or, without one, by a fresh session.
   * @returns the conditions for what he wants; null where the password is missing or wrong, or was set just now
   * @throws {@link ReauthenticationRequiredError}
   */
  async ofOwner(user: U, password: string | null | undefined, { session, request }: ActingSession): Promise<OwnerProof | null> {
    if (user.hasPassword) {
      const securityStamp = await this.ofUser(user, password, request);
      return securityStamp === null ? null : { securityStamp };
    }
    if (!this.context.sessions.isFresh(session)) throw new ReauthenticationRequiredError();
    const found = await this.context.table.findWithSecrets({ id: user.id, hasPassword: false }, this.context.within);
    return found === null ? null : { securityStamp: found.secrets.securityStamp };
  }

  /**
   * Whether a right password may show. Where nobody may see who has an account, not to who never proved his address: he could register
   * somebody's with a password of his own, and see by it whether it was new.
   */
  private mayLearn(user: U): boolean {
    return user.isActive && (user.isVerified || !this.context.settings.preventEnumeration);
  }

  private count(
    tried: TriedName,
    found: UserWithSecrets<U> | null,
    request: Request | undefined,
    check: () => Promise<boolean>,
  ): Promise<boolean> {
    // Code of the app's own that asks without a request is not an attacker who tries.
    if (request === undefined) return check();
    const stamp = found?.secrets.securityStamp ?? null;
    return this.context.passwordTries.count({ ...tried, address: clientKey(request), stamp }, check);
  }

  /** The user of a name, and what its failures are counted by: the name as the column holds it, where several spellings may be one. */
  private async find(name: string): Promise<{ found: UserWithSecrets<U> | null; tried: TriedName }> {
    for (const field of this.loginFields) {
      const value = field === 'email' ? normalizeEmail(name) : name;
      const isStorable = value !== null && value !== '' && value.length <= 255 && value.isWellFormed() && !value.includes('\0');
      const found = isStorable ? await this.context.table.findWithSecrets({ [field]: value }, this.context.within) : null;
      if (found === null) continue;
      const held: unknown = Reflect.get(found.user, field);
      return { found, tried: triedName(found.user, field, typeof held === 'string' ? held : name, this.loginFields) };
    }
    return { found: null, tried: triedName(null, 'email', name, this.loginFields) };
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
    const checked = { hashedPassword: secrets.hashedPassword };
    await this.context.table.update(user.id, { hashedPassword }, checked, this.context.within);
  }
}
