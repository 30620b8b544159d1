import type { Request } from 'express';
import type { EntityManager } from 'typeorm';
import { violatedProperties } from '../database/index.js';
import type { SecurityEvent, SecurityEventKind } from '../hooks/index.js';
import { NotFoundError } from '../http/index.js';
import { type BaseUserWithoutId, FLAG_FIELDS } from '../model/index.js';
import { letInFrom } from './login-names.js';
import { asFieldError, requireEmail } from './new-user-row.js';
import type { ActingSession, OwnerProof, PasswordCheck } from './password-check.js';
import type { PasswordRules } from './password-rules.js';
import type { Superusers } from './superusers.js';
import {
  UpdateUserBadCurrentPasswordError,
  UpdateUserEmailAlreadyExistsError,
  UpdateUserInvalidPasswordError,
} from './user.errors.js';
import { hashClient, type UsersContext } from './users-context.js';
import type { Verification } from './verification.js';

/** What may be changed of a user. `null` for the address or the password counts as left out. */
export interface UserChanges {
  email?: string | null;
  password?: string | null;
  isActive?: boolean;
  isSuperuser?: boolean;
  isVerified?: boolean;
  /** By `importUser` alone. */
  hashedPassword?: never;
  /** Fields of the app's own. */
  [field: string]: unknown;
}

/** What a person may ask for on his own account. */
export interface OwnChanges extends UserChanges {
  /** Asked for with a new address or password, where there is a password. Missing or `null` is a wrong one. */
  currentPassword?: string | null;
}

/** Columns to set, and what goes with them. */
interface Plan {
  values: Record<string, unknown>;
  /** What is told whatever the user was before: the app's fields, and an address that waits. Never a password, plain or hashed. */
  shown: Record<string, unknown>;
  events: SecurityEvent[];
  /** The address and the flags that are asked for: told where the user has others. */
  wanted: Partial<Pick<BaseUserWithoutId, (typeof FLAG_FIELDS)[number] | 'email'>>;
  newStamp: string | null;
  pendingToken: { email: string; stamp: string } | null;
  /** What the owner was checked against: where it is no longer true, the password was changed or set meanwhile. */
  proof: OwnerProof | null;
}

/** What is told of a change once it is committed. */
interface Told {
  /** To `@OnAfterUpdate`. */
  shown: Record<string, unknown>;
  events: readonly SecurityEvent[];
  /** The address that another one took the place of. */
  previousEmail: string | null;
}

/** Changes users: a person his own account, a superuser or code any. */
export class UserUpdate<U extends BaseUserWithoutId> {
  constructor(
    private readonly context: UsersContext<U>,
    private readonly passwordRules: PasswordRules<U>,
    private readonly passwordCheck: PasswordCheck<U>,
    private readonly verification: Verification<U>,
    private readonly superusers: Superusers<U>,
  ) {}

  /**
   * Changes a person's own account. A new address or password needs the current password or, without one, a fresh session; a new
   * address then waits for its confirmation, and a new password ends every other session.
   * @throws {@link UpdateUserBadCurrentPasswordError}, {@link ReauthenticationRequiredError}, {@link UpdateUserInvalidPasswordError},
   *   {@link UpdateUserEmailAlreadyExistsError}, {@link LastSuperuserError}, {@link TooManyRequestsError} past the limit of new
   *   addresses; nothing is changed then
   */
  async own(user: U, changes: OwnChanges, acting: ActingSession): Promise<U> {
    const { session, request } = acting;
    const { currentPassword, ...wanted } = changes;
    const email = typeof wanted.email === 'string' ? requireEmail(wanted.email) : null;
    const isNewEmail = email !== null && email !== user.email;
    const needsOwner = isNewEmail || typeof wanted.password === 'string';
    const proof = needsOwner ? await this.passwordCheck.ofOwner(user, currentPassword, acting) : null;
    if (needsOwner && proof === null) throw new UpdateUserBadCurrentPasswordError();
    // Code of the app's own that asks without a request is not an attacker who tries.
    if (isNewEmail && request !== undefined) await this.context.limits.consume('emailChange', String(user.id));
    const plan = { ...(await this.plan(user, wanted, request)), proof };
    if (isNewEmail && this.context.settings.emailChange === 'confirmed') await this.planPending(plan, user, email, request);
    else if (isNewEmail) this.planEmail(plan, email, wanted.isVerified ?? false);
    else if (email !== null) this.dropPending(plan, user);
    const changed = await this.carryOut(user, plan, { keepSession: session?.id, request });
    const { newStamp } = plan;
    if (newStamp !== null) await this.context.afterCommit(() => letInFrom(this.context, changed, newStamp, request));
    return changed;
  }

  /**
   * Changes any user, at once and without a password: for a superuser, and for code. A new address is unverified unless told.
   * @throws as {@link own}, less what asks for the person
   */
  async any(user: U, changes: UserChanges, request?: Request, keepSession?: string): Promise<U> {
    const email = typeof changes.email === 'string' ? requireEmail(changes.email) : null;
    const plan = await this.plan(user, changes, request);
    if (email !== null && email !== user.email) this.planEmail(plan, email, changes.isVerified ?? false);
    else if (email !== null) this.dropPending(plan, user);
    return this.carryOut(user, plan, { keepSession, request });
  }

  /** One's own address again takes back a change that waits for its confirmation. */
  private dropPending(plan: Plan, user: U): void {
    if (user.pendingEmail !== null) Object.assign(plan.values, { pendingEmail: null, pendingEmailStamp: null });
  }

  /** What is alike for everybody: the password, the flags and the app's fields. */
  private async plan(user: U, changes: UserChanges, request?: Request): Promise<Plan> {
    const fields = this.context.fields.storable(changes);
    const plan: Plan = {
      values: { ...fields },
      shown: { ...fields },
      events: [],
      wanted: {},
      newStamp: null,
      pendingToken: null,
      proof: null,
    };
    if (typeof changes.password === 'string') {
      const refuse = (reason: string) => new UpdateUserInvalidPasswordError(reason);
      await this.passwordRules.check(changes.password, user, refuse, changes.email);
      plan.newStamp = this.context.newStamp();
      const hashedPassword = await this.context.passwords.hash(changes.password, hashClient(request));
      Object.assign(plan.values, { hashedPassword, hasPassword: true, pendingEmail: null, pendingEmailStamp: null });
      plan.events.push(this.event('password-changed', user, request));
    }
    for (const flag of FLAG_FIELDS) {
      const value = changes[flag];
      if (value === undefined) continue;
      plan.values[flag] = value;
      plan.wanted[flag] = value;
    }
    if (changes.isActive === false) plan.newStamp ??= this.context.newStamp();
    if (plan.newStamp !== null) plan.values.securityStamp = plan.newStamp;
    return plan;
  }

  private planEmail(plan: Plan, email: string, isVerified: boolean): void {
    Object.assign(plan.values, { email, isVerified, pendingEmail: null, pendingEmailStamp: null });
    plan.wanted.email = email;
  }

  /** A taken address is told, unless nobody may know; then it waits for a confirmation that never comes. */
  private async planPending(plan: Plan, user: U, email: string, request?: Request): Promise<void> {
    const { table, settings, within } = this.context;
    const isTaken = (await table.find({ email }, within)) !== null;
    if (isTaken && !settings.preventEnumeration) throw new UpdateUserEmailAlreadyExistsError();
    const stamp = this.context.newStamp();
    Object.assign(plan.values, { pendingEmail: email, pendingEmailStamp: stamp });
    Object.assign(plan.shown, { pendingEmail: email });
    plan.events.push(this.event('email-change-requested', user, request));
    if (!isTaken) plan.pendingToken = { email, stamp };
  }

  private async carryOut(user: U, plan: Plan, options: { keepSession?: string; request?: Request }): Promise<U> {
    const { table, events } = this.context;
    if (Object.keys(plan.values).length === 0) return user;
    const mayLoseSuperuser = plan.values.isSuperuser === false || plan.values.isActive === false;
    const done = await this.translate(plan, () =>
      this.context.transaction(async (manager) => {
        if (mayLoseSuperuser) await this.superusers.keepOneBeside(user, manager);
        const told = await this.tellings(user, plan, manager, options.request);
        if (!(await table.update(user.id, plan.values, { ...plan.proof }, manager))) {
          throw plan.proof === null ? new NotFoundError() : new UpdateUserBadCurrentPasswordError();
        }
        await this.endSessions(user, plan, options.keepSession, manager);
        for (const event of told.events) await events.record(event, manager);
        return { changed: await table.find({ id: user.id }, manager), told };
      }),
    );
    const { changed, told } = done;
    if (changed === null) throw new NotFoundError();
    await this.context.afterCommit(() => this.announce(changed, told, plan, options.request));
    return changed;
  }

  /** Of several who ask for one thing at once, the first has changed something: the row is locked, and told is what it does not have yet. */
  private async tellings(user: U, { wanted, ...plan }: Plan, manager: EntityManager, request?: Request): Promise<Told> {
    const shown = { ...plan.shown };
    const events = [...plan.events];
    if (Object.keys(wanted).length === 0) return { shown, events, previousEmail: null };
    // Who is gone is found out by the update.
    const before = (await this.context.table.lock(user.id, manager)) ?? user;
    for (const flag of FLAG_FIELDS) if (wanted[flag] !== undefined && wanted[flag] !== before[flag]) shown[flag] = wanted[flag];
    if (shown.isActive !== undefined) {
      events.push(this.event(wanted.isActive === true ? 'reactivated' : 'deactivated', user, request));
    }
    if (shown.isSuperuser !== undefined) {
      events.push(this.event('roles-changed', user, request, { isSuperuser: wanted.isSuperuser === true }));
    }
    if (wanted.email === undefined || wanted.email === before.email) return { shown, events, previousEmail: null };
    shown.email = wanted.email;
    events.push(this.event('email-changed', user, request));
    return { shown, events, previousEmail: before.email };
  }

  private async endSessions(user: U, plan: Plan, keepSession: string | undefined, manager: EntityManager): Promise<void> {
    if (plan.newStamp === null) return;
    const isDeactivated = plan.values.isActive === false;
    const kind = isDeactivated ? 'deactivated' : 'password-changed';
    const kept = isDeactivated || keepSession === undefined ? {} : { keepSession };
    await this.context.credentials.credentialsChanged({ user, kind, stamp: plan.newStamp, ...kept }, manager);
  }

  private async translate<T>({ values }: Plan, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const { table, within } = this.context;
      const properties = violatedProperties(error, table.metadata);
      const isUnnamed = properties?.length === 0 && typeof values.email === 'string';
      const isEmailTaken = isUnnamed
        ? (await table.find({ email: values.email }, within)) !== null
        : properties?.includes('email');
      throw isEmailTaken ? new UpdateUserEmailAlreadyExistsError() : asFieldError(this.context.fields, error, properties);
    }
  }

  private async announce(user: U, told: Told, { pendingToken }: Plan, request?: Request): Promise<void> {
    const { hooks, events, settings, limits } = this.context;
    await hooks.notify('afterUpdate', user, told.shown, request);
    if (told.previousEmail !== null) await hooks.notify('afterEmailChange', user, told.previousEmail, request);
    for (const event of told.events) await events.announce(event);
    if (pendingToken === null) return;
    const mail = async (): Promise<void> => {
      if (!(await limits.tryConsume('emailChangeMail', pendingToken.email))) return;
      const token = this.verification.changeToken(user, pendingToken.email, pendingToken.stamp);
      await hooks.notify('afterRequestEmailChange', user, token, request);
    };
    if (settings.preventEnumeration) await hooks.afterAnswer(request, mail);
    else await mail();
  }

  private event(kind: SecurityEventKind, user: U, request?: Request, details?: SecurityEvent['details']): SecurityEvent {
    return this.context.events.make(kind, user.id, request, details);
  }
}
