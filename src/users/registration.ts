import type { Request } from 'express';
import type { EntityManager } from 'typeorm';
import type { BaseUserWithoutId } from '../model/index.js';
import {
  type ImportedUser,
  importedUserRow,
  type NewUserRow,
  newUserRow,
  refusalOf,
  requireEmail,
  type UserValues,
} from './new-user-row.js';
import type { PasswordReset } from './password-reset.js';
import type { PasswordRules } from './password-rules.js';
import { RegisterInvalidPasswordError, RegistrationClosedError } from './user.errors.js';
import { hashClient, type UsersContext } from './users-context.js';

/** A user to be: the address, a password or none, the flags, and fields of the app's own. */
export interface NewUser extends UserValues {
  /** Without one the user is invited to choose it. */
  password?: string | null;
  /** By `importUser` alone. */
  hashedPassword?: never;
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
    const { password, ...rest } = input;
    const email = requireEmail(input.email);
    // Hooks see the form that is stored, and may change the app's fields.
    const dto = { ...rest, email };
    if (typeof password === 'string') {
      await this.passwordRules.check(password, { ...dto }, (reason) => new RegisterInvalidPasswordError(reason));
    }
    await this.context.hooks.run('beforeRegister', dto, request);
    const hashedPassword = typeof password === 'string' ? await this.context.passwords.hash(password, hashClient(request)) : null;
    let invitation: string | null = null;
    const invite: AttachSignInMethod<U> = async (made, manager) => {
      invitation = await this.passwordReset.invitation(made, manager);
    };
    const isInvited = hashedPassword === null && attach === undefined;
    const row = newUserRow(this.context, { ...dto, email }, { hashedPassword });
    const user = await this.insert(row, request, attach, isInvited ? invite : undefined);
    await this.context.afterCommit(() => this.announce(user, invitation, request));
    return user;
  }

  /** Stores a user with the hash of another system. No hook but `@DuringRegister` runs: nobody registered just now. */
  async import(input: ImportedUser): Promise<U> {
    return this.insert(importedUserRow(this.context, input));
  }

  private async insert(
    values: NewUserRow,
    request?: Request,
    attach?: AttachSignInMethod<U>,
    finish?: AttachSignInMethod<U>,
  ): Promise<U> {
    const { table, hooks, events, within } = this.context;
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
        throw error === refusal ? await refusalOf(this.context, error, values, within) : error;
      });
    return user;
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
