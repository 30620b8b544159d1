import type { Request } from 'express';
import { ReauthenticationRequiredError } from '../authentication/index.js';
import { NotFoundError } from '../http/index.js';
import type { BaseUserWithoutId } from '../model/index.js';
import type { PasswordCheck } from './password-check.js';
import type { Superusers } from './superusers.js';
import { DeleteUserBadCurrentPasswordError } from './user.errors.js';
import type { ActingSession } from './user-update.js';
import type { UsersContext } from './users-context.js';

/** Deletes users, with all that hangs on them. */
export class UserDeletion<U extends BaseUserWithoutId> {
  constructor(
    private readonly context: UsersContext<U>,
    private readonly passwordCheck: PasswordCheck<U>,
    private readonly superusers: Superusers<U>,
  ) {}

  /**
   * Deletes a person's own account, once he has shown his password or, without one, has a fresh session.
   * @throws {@link DeleteUserBadCurrentPasswordError}, {@link ReauthenticationRequiredError}, {@link LastSuperuserError}
   */
  async own(user: U, currentPassword: string | null | undefined, { session, request }: ActingSession): Promise<void> {
    if (user.hasPassword) {
      if ((await this.passwordCheck.ofUser(user, currentPassword, request)) === null)
        throw new DeleteUserBadCurrentPasswordError();
    } else if (!this.context.sessions.isFresh(session)) {
      throw new ReauthenticationRequiredError();
    }
    await this.any(user, request);
  }

  /** @throws {@link LastSuperuserError}, and whatever an `@OnBeforeDelete` or `@DuringDelete` hook throws; nothing is deleted then */
  async any(user: U, request?: Request): Promise<void> {
    const { table, hooks, events, credentials } = this.context;
    await hooks.run('beforeDelete', user, request);
    const event = events.make('deleted', user.id, request);
    await this.context.transaction(async (manager) => {
      await this.superusers.keepOneBeside(user, manager);
      await hooks.run('duringDelete', user, manager);
      await credentials.credentialsChanged({ user, kind: 'deleted', stamp: this.context.newStamp() }, manager);
      if (!(await table.delete(user.id, manager))) throw new NotFoundError();
      await events.record(event, manager);
    });
    await this.context.afterCommit(async () => {
      await hooks.notify('afterDelete', user, request);
      await events.announce(event);
    });
  }
}
