import { UsersError } from '../http/users-error.js';

/**
 * A password that the rules refuse. An app's `@ValidatePassword` method throws it with a reason of its own, and each flow answers
 * with its own code and the same reason.
 */
export class InvalidPasswordError extends UsersError {
  readonly status = 400;
  readonly code = 'INVALID_PASSWORD';

  /** @param reason - a sentence for the person who chose the password; it does not repeat it */
  constructor(readonly reason: string) {
    super(reason);
  }

  protected override get extensions(): Record<string, unknown> {
    return { reason: this.reason };
  }
}
