import type { Request } from 'express';
import { NotFoundError } from '../http/index.js';
import type { BaseUserWithoutId } from '../model/index.js';
import type { ActingSession, OwnerProof, PasswordCheck } from './password-check.js';
import type { Superusers } from './superusers.js';
import { DeleteUserBadCurrentPasswordError } from './user.errors.js';
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
   * @throws {@link LastSuperuserError} first, {@link DeleteUserBadCurrentPasswordError}, {@link ReauthenticationRequiredError}
   */
  async own(user: U, currentPassword: string | null | undefined, acting: ActingSession): Promise<void> {
    await this.superusers.refuseLast(user, this.context.within);
    const proof = await this.passwordCheck.ofOwner(user, currentPassword, acting);
    if (proof === null) throw new DeleteUserBadCurrentPasswordError();
    await this.carryOut(user, proof, acting.request);
  }

  /** @throws {@link LastSuperuserError}, and whatever an `@OnBeforeDelete` or `@DuringDelete` hook throws; nothing is deleted then */
  async any(user: U, request?: Request): Promise<void> {
    await this.carryOut(user, null, request);
  }

  /** @param proof - what the owner was checked against: where it is no longer true, the password was changed or set meanwhile */
  private async carryOut(user: U, proof: OwnerProof | null, request?: Request): Promise<void> {
    const { table, hooks, events, credentials } = this.context;
    await hooks.run('beforeDelete', user, request);
    const event = events.make('deleted', user.id, request);
    const stamp = this.context.newStamp();
    await this.context.transaction(async (manager) => {
      await this.superusers.keepOneBeside(user, manager);
      // It locks the row before anything of the user's goes.
      if (!(await table.update(user.id, { securityStamp: stamp }, { ...proof }, manager))) {
        throw proof === null ? new NotFoundError() : new DeleteUserBadCurrentPasswordError();
      }
      await hooks.run('duringDelete', user, manager);
      await credentials.credentialsChanged({ user, kind: 'deleted', stamp }, manager);
      await table.delete(user.id, manager);
      await events.record(event, manager);
    });
    await this.context.afterCommit(async () => {
      await hooks.notify('afterDelete', user, request);
      await events.announce(event);
    });
  }
}
