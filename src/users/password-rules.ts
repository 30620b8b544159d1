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
   */
  async check(password: string, subject: U | { email: string }, refuse: (reason: string) => UsersError): Promise<void> {
    try {
      this.context.passwords.check(password, { email: subject.email });
      await this.context.passwords.checkBreached(password);
      await this.context.hooks.run('validatePassword', password, subject);
    } catch (error) {
      throw error instanceof InvalidPasswordError ? refuse(error.reason) : error;
    }
  }
}
