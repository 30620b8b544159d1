import { Service } from 'typedi';
import { OnAfterForgotPassword, OnAfterRequestEmailChange, OnAfterRequestVerify, OnInvite, SpareHooks } from '../hooks/index.js';
import type { BaseUserWithoutId } from '../model/index.js';

/** What a token was mailed for. */
export type MailKind = 'verify' | 'reset-password' | 'change-email' | 'invite';

/** A mail that would have gone out. */
export interface OutboxMail {
  kind: MailKind;
  /** Where it would have gone: for a change of address the new one. */
  to: string;
  token: string;
}

const WAIT_MILLISECONDS = 2000;
const LOOK_AGAIN_MILLISECONDS = 5;

/**
 * Keeps the tokens that would have been mailed: `setupUsers({ …, hooks: [Outbox] })`, then `Container.get(Outbox)`. Some hooks run after
 * the answer has gone out, so a test waits for its mail: `await outbox.token('ada@example.com')`.
 */
@SpareHooks()
@Service()
export class Outbox {
  readonly mails: OutboxMail[] = [];

  /**
   * The last token for an address; waits for two seconds until there is one, and takes it out, so that the next call waits for the next.
   * @param kind - what it is for; any unless told
   * @throws an Error when none comes
   */
  async token(to: string, kind?: MailKind): Promise<string> {
    const end = Date.now() + WAIT_MILLISECONDS;
    do {
      const index = this.mails.findLastIndex((mail) => mail.to === to && (kind === undefined || mail.kind === kind));
      const [mail] = index < 0 ? [] : this.mails.splice(index, 1);
      if (mail !== undefined) return mail.token;
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MILLISECONDS));
    } while (Date.now() < end);
    throw new Error(`no ${kind ?? 'token'} was mailed to ${to}`);
  }

  clear(): void {
    this.mails.length = 0;
  }

  @OnAfterRequestVerify()
  onVerify(user: BaseUserWithoutId, token: string): void {
    this.mails.push({ kind: 'verify', to: user.email, token });
  }

  @OnAfterForgotPassword()
  onForgotPassword(user: BaseUserWithoutId, token: string): void {
    this.mails.push({ kind: 'reset-password', to: user.email, token });
  }

  @OnAfterRequestEmailChange()
  onEmailChange(user: BaseUserWithoutId, token: string): void {
    this.mails.push({ kind: 'change-email', to: user.pendingEmail ?? user.email, token });
  }

  @OnInvite()
  onInvite(user: BaseUserWithoutId, token: string): void {
    this.mails.push({ kind: 'invite', to: user.email, token });
  }
}
