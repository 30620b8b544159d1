import type { Request } from 'express';
import type { EntityManager } from 'typeorm';
import { LoginBadCredentialsError, LoginUserNotVerifiedError } from '../../authentication/index.js';
import { asSent, readDto, ValidationError } from '../../http/index.js';
import type { BaseUserWithoutId } from '../../model/index.js';
import { RegisterUserAlreadyExistsError, type UserManager, type UsersContext } from '../../users/index.js';
import {
  OAuthAccountTakenError,
  OAuthInvalidStateError,
  OAuthNotAvailableEmailError,
  OAuthUserAlreadyExistsError,
} from './oauth.errors.js';
import { AccountConflict, type OAuthAccounts, type Recognized } from './oauth-accounts.js';
import type { Identity } from './providers/identity.js';
import type { ProfileMapper } from './providers/provider.js';

/** A person whom a provider has just told of. */
export interface Arrival {
  /** The name that the app gave the provider. */
  provider: string;
  identity: Identity;
  profile?: ProfileMapper;
  request: Request;
}

/** Which user an account at a provider is, or becomes. Identity is (provider, subject); an address alone links nothing. */
export class AccountLinking<U extends BaseUserWithoutId> {
  constructor(
    private readonly users: UserManager<U>,
    private readonly context: UsersContext<U>,
    private readonly accounts: OAuthAccounts<U>,
    private readonly options: { associateByEmail: boolean },
  ) {}

  /**
   * The user whose account it is: the one of before, the one with the same address where that may be, or a new one.
   * @throws {@link OAuthNotAvailableEmailError}, {@link OAuthUserAlreadyExistsError}, RegistrationClosedError, and what `@OnBeforeRegister` and
   *   `@DuringRegister` throw; nothing is stored then. {@link LoginBadCredentialsError} for an inactive user, {@link OAuthInvalidStateError}
   *   where the account was removed meanwhile
   */
  async findOrCreate(arrival: Arrival): Promise<Recognized<U>> {
    try {
      return await this.resolve(arrival);
    } catch (error) {
      if (!isOutrun(error)) throw error;
    }
    // Somebody may have been quicker, such as the same person in another tab: what he made is there now.
    try {
      return await this.resolve(arrival);
    } catch (error) {
      throw isOutrun(error) ? new OAuthUserAlreadyExistsError() : error;
    }
  }

  /**
   * Adds the account to a user who asked for it. One that is his already is renewed.
   * @param securityStamp - of the time when he asked: after another password or a deactivation it is not his wish any more
   * @throws {@link OAuthAccountTakenError}, {@link OAuthInvalidStateError}
   */
  async add(user: U, securityStamp: string, arrival: Arrival): Promise<void> {
    if (await this.isOwn(user, arrival)) return;
    try {
      await this.link(user, { securityStamp, isActive: true }, arrival, () => new OAuthInvalidStateError());
    } catch (error) {
      if (!(error instanceof AccountConflict)) throw error;
      if (!(await this.isOwn(user, arrival))) throw new OAuthAccountTakenError();
    }
  }

  private async isOwn(user: U, { provider, identity }: Arrival): Promise<boolean> {
    const known = await this.accounts.find(provider, identity.accountId);
    if (known === null) return false;
    if (String(known.user.id) !== String(user.id)) throw new OAuthAccountTakenError();
    return this.accounts.renew(known.account, identity);
  }

  private async resolve(arrival: Arrival): Promise<Recognized<U>> {
    const { provider, identity } = arrival;
    const known = await this.accounts.find(provider, identity.accountId);
    if (known !== null) {
      // The stamp was read before: of a reset that drops the account, either this sees it gone or the session has the old stamp.
      if (!(await this.accounts.renew(known.account, identity))) throw new OAuthInvalidStateError();
      await this.checkActive(known.user, arrival);
      return { user: known.user, securityStamp: known.securityStamp };
    }
    if (identity.email === null) throw new OAuthNotAvailableEmailError();
    // Where a new person may not register, one whom the provider does not believe is told the same as with a known address.
    const { preventEnumeration, registration } = this.context.settings;
    if (preventEnumeration && registration !== 'open' && !identity.isEmailVerified) throw new LoginUserNotVerifiedError();
    const owner = await this.users.findByEmail(identity.email);
    return owner === null ? this.register(identity.email, arrival) : this.adopt(owner, arrival);
  }

  private async register(email: string, arrival: Arrival): Promise<Recognized<U>> {
    const { identity, request } = arrival;
    this.users.checkRegistrationOpen('register');
    let securityStamp = '';
    const attach = async (made: U, manager: EntityManager) => {
      securityStamp = await this.attach(made, arrival, manager);
    };
    const fields = await this.profileFields(arrival);
    const input = { ...fields, email, isVerified: identity.isEmailVerified };
    return { user: await this.users.createWithoutPassword(input, attach, request), securityStamp };
  }

  /** Only an address that is proven on both sides shows that it is the same person; else either side could be a stranger's. */
  private async adopt(owner: U, arrival: Arrival): Promise<Recognized<U>> {
    const { identity } = arrival;
    // Whoever can write any address at a sloppy provider must not learn from it who has an account here.
    if (this.context.settings.preventEnumeration && !identity.isEmailVerified) throw new LoginUserNotVerifiedError();
    if (!this.options.associateByEmail || !identity.isEmailVerified || !owner.isVerified) throw new OAuthUserAlreadyExistsError();
    await this.checkActive(owner, arrival);
    const conditions = { email: owner.email, isVerified: true, isActive: true };
    return { user: owner, securityStamp: await this.link(owner, conditions, arrival, () => new OAuthUserAlreadyExistsError()) };
  }

  /** The gate refuses him too, and tells nobody. */
  private async checkActive(user: U, { provider, request }: Arrival): Promise<void> {
    if (user.isActive) return;
    await this.context.events.tell('login-failed', user.id, request, { provider });
    throw new LoginBadCredentialsError();
  }

  /**
   * The conditional update locks the user's row: what is judged of him holds until the account is written.
   * @returns his stamp of then
   */
  private async link(user: U, conditions: Record<string, unknown>, arrival: Arrival, refusal: () => Error): Promise<string> {
    const { events, table } = this.context;
    const event = events.make('sign-in-method-added', user.id, arrival.request, { provider: arrival.provider });
    const securityStamp = await this.context.transaction(async (manager) => {
      if (!(await table.update(user.id, { isActive: true }, conditions, manager))) throw refusal();
      const stamp = await this.attach(user, arrival, manager);
      await events.record(event, manager);
      return stamp;
    });
    await this.context.afterCommit(() => events.announce(event));
    return securityStamp;
  }

  /** Writes the account. @returns the stamp that its user has in the same transaction */
  private async attach(user: U, { provider, identity }: Arrival, manager: EntityManager): Promise<string> {
    await this.accounts.insert(user, provider, identity, manager);
    const recognized = await this.accounts.recognize(user, manager);
    if (recognized === null) throw new OAuthInvalidStateError();
    return recognized.securityStamp;
  }

  /** What the app's DTO takes of the profile. A provider's value that it refuses, such as a name too long, is left out: nobody is refused for it. */
  private async profileFields({ profile, identity }: Arrival): Promise<Record<string, unknown>> {
    const { create, ownReading } = this.context.fields;
    const never = [...(ownReading.never ?? []), 'email', 'password'];
    const mapped = asSent(create, { ...profile?.(identity.claims) });
    try {
      return { ...(await readDto(create, mapped, { never, partial: true })) };
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error;
      for (const { field } of error.errors) delete mapped[field.split('.', 1)[0] ?? field];
      return { ...(await readDto(create, mapped, { never, partial: true })) };
    }
  }
}

/** Whether there is now what was not there at the look-up for the account. */
function isOutrun(error: unknown): boolean {
  return [AccountConflict, RegisterUserAlreadyExistsError, OAuthUserAlreadyExistsError].some((kind) => error instanceof kind);
}
