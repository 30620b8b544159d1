import type { Request } from 'express';
import type { EntityManager } from 'typeorm';
import { isUnfitValue, violatedProperties } from '../database/index.js';
import { ValidationError } from '../http/index.js';
import { type BaseUserWithoutId, normalizeEmail } from '../model/index.js';
import type { PasswordReset } from './password-reset.js';
import type { PasswordRules } from './password-rules.js';
import { RegisterInvalidPasswordError, RegisterUserAlreadyExistsError, RegistrationClosedError } from './user.errors.js';
import { hashClient, type UsersContext } from './users-context.js';

/** What a user is made of. */
interface UserValues {
  email: string;
  isActive?: boolean;
  isSuperuser?: boolean;
  isVerified?: boolean;
  /** Fields of the app's own. */
  [field: string]: unknown;
}

export interface NewUser extends UserValues {
  /** Without one the user is invited to choose it. */
  password?: string | null;
  /** By `importUser` alone. */
  hashedPassword?: never;
}

/** A user who comes from another system, with the hash that this system made. */
export interface ImportedUser extends UserValues {
  /** Of a form that one of the `hashers` recognizes; renewed at the first login. Null or none for a user without a password. */
  hashedPassword?: string | null;
  createdAt?: Date;
}

/** Writes what a user without a password signs in by, in the transaction that makes the user. */
export type AttachSignInMethod<U extends BaseUserWithoutId> = (user: U, manager: EntityManager) => Promise<void>;

/** Makes users: by registration, by a superuser or in code, and from another system. */
export class Registration<U extends BaseUserWithoutId> {
  constructor(
    private readonly context: UsersContext<U>,
    private readonly passwordRules: PasswordRules<U>,
    private readonly passwordReset: PasswordReset<U>,
  ) {}

  /** @throws {@link RegistrationClosedError} where the mode lets nobody in by this way */
  checkOpen(way: 'register' | 'invite'): void {
    const mode = this.context.settings.registration;
    if (mode === 'closed' || (mode === 'invite' && way === 'register')) throw new RegistrationClosedError();
  }

  /**
   * Makes a user, who is committed when the answer comes.
   * @param attach - what the user signs in by in place of a password; without it a user who has none is invited to choose one
   * @throws {@link RegisterInvalidPasswordError} first, {@link RegisterUserAlreadyExistsError}; nothing is stored then
   */
  async create(input: NewUser, request?: Request, attach?: AttachSignInMethod<U>): Promise<U> {
    const { password, ...dto } = input;
    const email = requireEmail(input.email);
    if (typeof password === 'string') {
      await this.passwordRules.check(password, { ...dto, email }, (reason) => new RegisterInvalidPasswordError(reason));
    }
    await this.context.hooks.run('beforeRegister', dto, request);
    const hashedPassword = typeof password === 'string' ? await this.context.passwords.hash(password, hashClient(request)) : null;
    let invitation: string | null = null;
    const invite: AttachSignInMethod<U> = async (made, manager) => {
      invitation = await this.passwordReset.invitation(made, manager);
    };
    const isInvited = hashedPassword === null && attach === undefined;
    const user = await this.insert({ ...dto, email }, hashedPassword, request, attach, isInvited ? invite : undefined);
    await this.context.afterCommit(() => this.announce(user, invitation, request));
    return user;
  }

  /** Stores a user with the hash of another system. No hook but `@DuringRegister` runs: nobody registered just now. */
  async import({ hashedPassword = null, ...dto }: ImportedUser): Promise<U> {
    return this.insert({ ...dto, email: requireEmail(dto.email) }, hashedPassword);
  }

  private async insert(
    dto: Omit<NewUser, 'password'>,
    hashedPassword: string | null,
    request?: Request,
    attach?: AttachSignInMethod<U>,
    finish?: AttachSignInMethod<U>,
  ): Promise<U> {
    const { table, fields, clock, uuids, hooks, events } = this.context;
    const values = {
      ...fields.storable(dto),
      ...(table.ids.areMadeHere ? { id: uuids.next() } : {}),
      email: String(dto.email),
      pendingEmail: null,
      hashedPassword,
      hasPassword: hashedPassword !== null,
      isActive: dto.isActive ?? true,
      isSuperuser: dto.isSuperuser ?? false,
      isVerified: dto.isVerified ?? false,
      securityStamp: this.context.newStamp(),
      createdAt: dto.createdAt instanceof Date ? dto.createdAt : clock.now(),
    };
    let refusal: unknown;
    const user = await this.context
      .transaction(async (manager) => {
        const inserted = await table.insert(values, manager).catch((error: unknown) => {
          refusal = error;
          throw error;
        });
        await attach?.(inserted, manager);
        await hooks.run('duringRegister', inserted, manager);
        // Before the commit, so that no user is left to whom no invitation could be made.
        await finish?.(inserted, manager);
        await events.record(events.make('registered', inserted.id, request), manager);
        return inserted;
      })
      // A hook's own violation is the hook's.
      .catch(async (error: unknown) => {
        throw error === refusal ? await this.translate(error, values.email) : error;
      });
    return user;
  }

  /** The unique index decides whether the address is free. Of two that are taken a driver tells one: the address is told first. */
  private async translate(error: unknown, email: string): Promise<unknown> {
    const { table, within } = this.context;
    const properties = violatedProperties(error, table.metadata);
    if (properties === null) return asFieldError(error, null);
    const isAddress = properties.length === 0 || properties.includes('email') || (await table.find({ email }, within)) !== null;
    return isAddress ? new RegisterUserAlreadyExistsError() : asFieldError(error, properties);
  }

  private async announce(user: U, invitation: string | null, request?: Request): Promise<void> {
    const { hooks, events } = this.context;
    const tell = async (): Promise<void> => {
      await hooks.notify('afterRegister', user, request);
      if (invitation !== null) await hooks.notify('invite', user, invitation, request);
      await events.announce(events.make('registered', user.id, request));
    };
    // Where nobody may see whether the address was new, a slow mail server must not tell either.
    if (this.context.settings.preventEnumeration) await hooks.afterAnswer(request, tell);
    else await tell();
  }
}

/** An address in its one form. Bodies are validated before; code may pass anything. */
export function requireEmail(email: unknown): string {
  const normalized = normalizeEmail(email);
  if (normalized === null) throw new ValidationError([{ field: 'email', messages: ['email must be an e-mail address'] }]);
  return normalized;
}

/** What the database says of the app's own columns, as errors of their fields. */
export function asFieldError(error: unknown, properties: readonly string[] | null): unknown {
  if (properties !== null) return new ValidationError(properties.map((field) => ({ field, messages: [`${field} is taken`] })));
  if (isUnfitValue(error)) return new ValidationError([{ field: 'body', messages: ['a value does not fit its column'] }]);
  return error;
}
