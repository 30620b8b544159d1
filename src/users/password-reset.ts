import type { Request } from 'express';
import type { EntityManager } from 'typeorm';
import type { BaseUserWithoutId, UserWithSecrets } from '../model/index.js';
import { letInFrom } from './login-names.js';
import type { PasswordRules } from './password-rules.js';
import { ResetPasswordBadTokenError, ResetPasswordInvalidPasswordError } from './user.errors.js';
import { hashClient, type UsersContext } from './users-context.js';

const PURPOSE = 'reset-password';

/** Forgotten passwords, and first ones by invitation: a token for the mailbox, spent once. */
export class PasswordReset<U extends BaseUserWithoutId> {
  constructor(
    private readonly context: UsersContext<U>,
    private readonly passwordRules: PasswordRules<U>,
  ) {}

  /**
   * Hands a reset token to `@OnAfterForgotPassword`, where the user is there and active. The caller learns nothing: with a request
   * the hook runs after the answer.
   */
  async forgot(email: string, request?: Request): Promise<void> {
    const { hooks, limits, events, table } = this.context;
    const found = await table.findWithSecrets({ email }, this.context.within);
    const mail = async (): Promise<void> => {
      // A mailbox that gets no mail uses none up: its owner may come later.
      if (found?.user.isActive !== true || !(await limits.tryConsume('forgotPasswordMail', email))) return;
      const token = this.issue(found, this.context.settings.resetPasswordTokenLifetimeSeconds);
      await hooks.notify('afterForgotPassword', found.user, token, request);
      await events.tell('password-reset-requested', found.user.id, request);
    };
    await this.context.afterCommit(() => hooks.afterAnswer(request, mail));
  }

  /** A token by which a user without a password sets the first one. */
  async invitation(user: U, manager: EntityManager): Promise<string> {
    const found = await this.context.table.findWithSecrets({ id: user.id }, manager);
    if (found === null) throw new ResetPasswordBadTokenError();
    return this.issue(found, this.context.settings.invitationTokenLifetimeSeconds);
  }

  /**
   * Sets a new password, verifies the mailbox that got the token, and ends all sessions and open reset tokens.
   * @throws {@link ResetPasswordBadTokenError} for any token but a good one, also for all but one of those who use it at once
   * @throws {@link ResetPasswordInvalidPasswordError} and leaves the token good
   */
  async reset(token: string, password: string, request?: Request): Promise<U> {
    const { table, passwords, hooks, events, credentials } = this.context;
    const found = await this.owner(token);
    const { user, secrets } = found;
    await this.passwordRules.check(password, user, (reason) => new ResetPasswordInvalidPasswordError(reason));
    const hashedPassword = await passwords.hash(password, hashClient(request));
    const stamp = this.context.newStamp();
    const changes = {
      hashedPassword,
      hasPassword: true,
      securityStamp: stamp,
      isVerified: true,
      pendingEmail: null,
      pendingEmailStamp: null,
    };
    const isFirstProof = await this.context.transaction(async (manager) => {
      const conditions = { securityStamp: secrets.securityStamp, email: user.email, isActive: true };
      // Another link may have proved the mailbox since.
      const isFirst =
        !user.isVerified && (await table.update(user.id, { isVerified: true }, { ...conditions, isVerified: false }, manager));
      if (!(await table.update(user.id, changes, conditions, manager))) throw new ResetPasswordBadTokenError();
      await credentials.credentialsChanged({ user, kind: 'password-reset', stamp, isFirstProof: isFirst }, manager);
      await events.record(events.make('password-reset', user.id, request), manager);
      if (isFirst) await events.record(events.make('verified', user.id, request), manager);
      return isFirst;
    });
    Object.assign(user, { hasPassword: true, isVerified: true, pendingEmail: null });
    await this.context.afterCommit(async () => {
      // Who has proved the mailbox may sign in.
      await letInFrom(this.context, user, stamp, request);
      await hooks.notify('afterResetPassword', user, request);
      await events.announce(events.make('password-reset', user.id, request));
      if (!isFirstProof) return;
      await hooks.notify('afterVerify', user, request);
      await events.announce(events.make('verified', user.id, request));
    });
    return user;
  }

  /** The MAC ties the token to the stamp and the address, so that it dies with either. */
  private issue({ user, secrets }: UserWithSecrets<U>, lifetimeSeconds: number): string {
    const mac = this.context.tokens.mac(PURPOSE, secrets.securityStamp, user.email);
    return this.context.tokens.issue(PURPOSE, { sub: String(user.id), mac }, lifetimeSeconds);
  }

  private async owner(token: string): Promise<UserWithSecrets<U>> {
    const { table, tokens, within } = this.context;
    const claims = tokens.read(PURPOSE, token);
    const id = claims === null ? null : table.ids.parse(claims.sub);
    const found = id === null ? null : await table.findWithSecrets({ id }, within);
    if (claims === null || found === null || !found.user.isActive) throw new ResetPasswordBadTokenError();
    if (!tokens.macMatches(PURPOSE, claims.mac, found.secrets.securityStamp, found.user.email))
      throw new ResetPasswordBadTokenError();
    return found;
  }
}
