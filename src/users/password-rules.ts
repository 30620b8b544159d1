import type { UsersError } from '../http/index.js';
import type { BaseUserWithoutId } from '../model/index.js';
import { InvalidPasswordError } from '../passwords/index.js';
import type { UsersContext } from './users-context.js';

/** Judges new passwords: by the library's rules, the app's `@ValidatePassword` hooks, and what a manager adds. */
export class PasswordRules<U extends BaseUserWithoutId> {
  constructor(private readonly context: UsersContext<U>) {}

  /**
   * @param subject - the user, or the body of one to be, without its password
   * @param refuse - makes the flow's own error of the reason
   * @param newEmail - an address that is to come with the password, which may be that one as little as the present one
   */
  async check(
    password: string,
    subject: U | { email: string },
    refuse: (reason: string) => UsersError,
    newEmail?: string | null,
  ): Promise<void> {
    try {
      for (const email of [subject.email, newEmail ?? subject.email]) this.context.passwords.check(password, { email });
      await this.context.passwords.checkBreached(password);
      await this.context.hooks.run('validatePassword', password, subject);
    } catch (error) {
      throw error instanceof InvalidPasswordError ? refuse(error.reason) : error;
    }
  }
}
