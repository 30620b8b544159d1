import type { Request } from 'express';
import { violatedProperties } from '../database/index.js';
import type { BaseUserWithoutId, UserWithSecrets } from '../model/index.js';
import { UpdateUserEmailAlreadyExistsError, VerifyUserAlreadyVerifiedError, VerifyUserBadTokenError } from './user.errors.js';
import type { UsersContext } from './users-context.js';

const VERIFY = 'verify';
const CHANGE = 'change-email';

/** Proofs that a mailbox is its user's: the first one, and that of a new address. */
export class Verification<U extends BaseUserWithoutId> {
  constructor(private readonly context: UsersContext<U>) {}

  /**
   * Hands a token to `@OnAfterRequestVerify`, where the user is there, active and unverified. The caller learns nothing: with a
   * request the hook runs after the answer.
   */
  async request(email: string, request?: Request): Promise<void> {
    const { hooks, limits, table } = this.context;
    const user = await table.find({ email }, this.context.within);
    const mail = async (): Promise<void> => {
      // A mailbox that gets no mail uses none up: its owner may come later.
      if (user === null || !user.isActive || user.isVerified) return;
      if (!(await limits.tryConsume('requestVerifyTokenMail', email))) return;
      const token = this.issue(VERIFY, user, this.context.tokens.mac(VERIFY, user.email));
      await hooks.notify('afterRequestVerify', user, token, request);
    };
    await this.context.afterCommit(() => hooks.afterAnswer(request, mail));
  }

  /** A token for the pending address, which dies when another is asked for. */
  changeToken(user: U, pendingEmail: string, pendingEmailStamp: string): string {
    return this.issue(CHANGE, user, this.context.tokens.mac(CHANGE, pendingEmail, pendingEmailStamp));
  }

  /**
   * Takes a token of either kind: the address is verified, or the pending one takes its place.
   * @throws {@link VerifyUserBadTokenError}, {@link VerifyUserAlreadyVerifiedError}
   * @throws {@link UpdateUserEmailAlreadyExistsError} when somebody took the pending address meanwhile
   */
  async verify(token: string, request?: Request): Promise<U> {
    const { tokens } = this.context;
    const change = tokens.read(CHANGE, token);
    if (change !== null) {
      const { user, secrets } = await this.owner(change.sub);
      const { pendingEmail } = user;
      const { pendingEmailStamp } = secrets;
      if (pendingEmail === null || pendingEmailStamp === null) throw new VerifyUserBadTokenError();
      if (!tokens.macMatches(CHANGE, change.mac, pendingEmail, pendingEmailStamp)) throw new VerifyUserBadTokenError();
      return this.move(user, pendingEmail, pendingEmailStamp, request);
    }
    const claims = tokens.read(VERIFY, token);
    if (claims === null) throw new VerifyUserBadTokenError();
    const { user } = await this.owner(claims.sub);
    if (!tokens.macMatches(VERIFY, claims.mac, user.email)) throw new VerifyUserBadTokenError();
    return this.markVerified(user, request);
  }

  private async markVerified(user: U, request?: Request): Promise<U> {
    const { table, hooks, events } = this.context;
    await this.context.transaction(async (manager) => {
      const isFirst = await table.update(user.id, { isVerified: true }, { email: user.email, isVerified: false }, manager);
      if (!isFirst) throw new VerifyUserAlreadyVerifiedError();
      await events.record(events.make('verified', user.id, request), manager);
    });
    user.isVerified = true;
    await this.context.afterCommit(async () => {
      await hooks.notify('afterVerify', user, request);
      await events.announce(events.make('verified', user.id, request));
    });
    return user;
  }

  /** One update moves the address, if it is still the one that the token was made for. */
  private async move(user: U, pendingEmail: string, pendingEmailStamp: string, request?: Request): Promise<U> {
    const { table, hooks, events } = this.context;
    const changes = { email: pendingEmail, pendingEmail: null, pendingEmailStamp: null, isVerified: true };
    const conditions = { pendingEmail, pendingEmailStamp };
    let isFirst = false;
    try {
      await this.context.transaction(async (manager) => {
        // The link for the present address may have been taken since.
        isFirst =
          !user.isVerified && (await table.update(user.id, { isVerified: true }, { ...conditions, isVerified: false }, manager));
        if (!(await table.update(user.id, changes, conditions, manager))) throw new VerifyUserBadTokenError();
        await events.record(events.make('email-changed', user.id, request), manager);
        if (isFirst) await events.record(events.make('verified', user.id, request), manager);
      });
    } catch (error) {
      throw violatedProperties(error, table.metadata) === null ? error : new UpdateUserEmailAlreadyExistsError();
    }
    const { email: previousEmail } = user;
    Object.assign(user, { email: pendingEmail, pendingEmail: null, isVerified: true });
    await this.context.afterCommit(async () => {
      if (isFirst) await hooks.notify('afterVerify', user, request);
      await hooks.notify('afterUpdate', user, { email: pendingEmail }, request);
      await hooks.notify('afterEmailChange', user, previousEmail, request);
      await events.announce(events.make('email-changed', user.id, request));
      if (isFirst) await events.announce(events.make('verified', user.id, request));
    });
    return user;
  }

  private issue(purpose: string, user: U, mac: string): string {
    const { tokens, settings } = this.context;
    return tokens.issue(purpose, { sub: String(user.id), mac }, settings.verificationTokenLifetimeSeconds);
  }

  private async owner(subject: unknown): Promise<UserWithSecrets<U>> {
    const { table, within } = this.context;
    const id = table.ids.parse(subject);
    const found = id === null ? null : await table.findWithSecrets({ id }, within);
    if (found === null) throw new VerifyUserBadTokenError();
    return found;
  }
}
