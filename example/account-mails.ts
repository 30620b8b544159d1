import type { Request } from 'express';
import {
  OnAfterEmailChange,
  OnAfterForgotPassword,
  OnAfterRegister,
  OnAfterRequestEmailChange,
  OnAfterRequestVerify,
  OnAfterUpdate,
  OnInvite,
  OnRegisterExisting,
  OnSecurityEvent,
  type SecurityEvent,
  UserManager,
} from 'routing-controllers-users';
import { OAuthService } from 'routing-controllers-users/oauth';
import { Service } from 'typedi';
import { Links } from './links.js';
import { Mailer } from './mailer.js';
import { User } from './user.entity.js';

const NOT_YOU = 'If this was not you, choose a new password at once.';

/** The mails that people get about their accounts. */
@Service()
export class AccountMails {
  constructor(
    private readonly users: UserManager<User>,
    private readonly oauth: OAuthService<User>,
    private readonly mailer: Mailer,
    private readonly links: Links,
  ) {}

  /** Somebody who was invited proves the mailbox by the invitation's link; who came by a provider has none. */
  @OnAfterRegister()
  async askForVerification(user: User, request?: Request): Promise<void> {
    if (user.isVerified) return;
    const isInvited = !user.hasPassword && (await this.oauth.accounts(user)).length === 0;
    if (!isInvited) await this.users.requestVerify(user, request);
  }

  @OnAfterRequestVerify()
  async sendVerificationLink(user: User, token: string): Promise<void> {
    await this.mailer.send({
      to: user.email,
      subject: 'Verify your address',
      text: ['Welcome! This link verifies your address. It is good for an hour.'],
      link: this.links.verify(token),
    });
  }

  @OnAfterForgotPassword()
  async sendResetLink(user: User, token: string): Promise<void> {
    await this.mailer.send({
      to: user.email,
      subject: 'Choose a new password',
      text: [
        'By this link you choose a new password. It is good for an hour. If you did not ask for it, nothing needs to be done.',
      ],
      link: this.links.resetPassword(token),
    });
  }

  @OnInvite()
  async sendInvitation(user: User, token: string): Promise<void> {
    await this.mailer.send({
      to: user.email,
      subject: 'You are invited',
      text: ['An account was made for you. By this link you choose its password. It is good for seven days.'],
      link: this.links.resetPassword(token),
    });
  }

  @OnAfterRequestEmailChange()
  async confirmNewAddress(user: User, token: string): Promise<void> {
    await this.mailer.send({
      to: user.pendingEmail ?? user.email,
      subject: 'Confirm your new address',
      text: ['By this link your account moves to this address. It is good for an hour.'],
      link: this.links.verify(token),
    });
  }

  /** An address that was set at once has yet to be verified. */
  @OnAfterUpdate()
  async verifyNewAddress(user: User, changes: Record<string, unknown>, request?: Request): Promise<void> {
    if (changes.email !== undefined && !user.isVerified) await this.users.requestVerify(user, request);
  }

  /** Also where a superuser moved it, or `EMAIL_CHANGE=immediate`, of which nothing was said before. */
  @OnAfterEmailChange()
  async tellPreviousAddress(user: User, previousEmail: string): Promise<void> {
    await this.mailer.send({
      to: previousEmail,
      subject: 'Your address was changed',
      text: [`Your account has moved to ${user.email}. If this was not you, tell us at once.`],
    });
  }

  @OnRegisterExisting()
  async tellOwner(user: User): Promise<void> {
    await this.mailer.send({
      to: user.email,
      subject: 'You have an account already',
      text: ['Somebody tried to register with your address. If it was you: sign in, or ask for a new password.'],
    });
  }

  /**
   * The old address learns of it while it still can do something about it. By this event, which comes for a taken address too: the
   * token goes to a free one alone, and a mail that went with it would tell which of them somebody has.
   */
  @OnSecurityEvent()
  async tellOfAddressToCome({ kind, userId }: SecurityEvent): Promise<void> {
    if (kind !== 'email-change-requested') return;
    const user = userId === null ? null : await this.users.findById(userId);
    if (user === null || user.pendingEmail === null) return;
    await this.mailer.send({
      to: user.email,
      subject: 'Your address is about to change',
      text: [`Your account is to move to ${user.pendingEmail}, once that address is confirmed.`, NOT_YOU],
    });
  }

  @OnSecurityEvent()
  async tellOfChangedPassword({ kind, userId }: SecurityEvent): Promise<void> {
    if (kind !== 'password-changed' && kind !== 'password-reset') return;
    const user = userId === null ? null : await this.users.findById(userId);
    if (user === null) return;
    await this.mailer.send({
      to: user.email,
      subject: 'Your password was changed',
      text: ['A new password was set for your account.', NOT_YOU],
    });
  }
}
