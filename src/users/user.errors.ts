import { UsersError } from '../http/index.js';

abstract class PasswordRefusedError extends UsersError {
  readonly status = 400;

  /** @param reason - which rule refused the password, in a sentence for the person */
  constructor(readonly reason: string) {
    super(reason);
  }

  protected override get extensions(): Record<string, unknown> {
    return { reason: this.reason };
  }
}

/** The address belongs to somebody. Not told with `preventEnumeration`. */
export class RegisterUserAlreadyExistsError extends UsersError {
  readonly status = 400;
  readonly code = 'REGISTER_USER_ALREADY_EXISTS';

  constructor() {
    super('There is an account with this address already.');
  }
}

/** The password for a new account is refused by a rule. */
export class RegisterInvalidPasswordError extends PasswordRefusedError {
  readonly code = 'REGISTER_INVALID_PASSWORD';
}

/** The option `registration` lets nobody make an account in this way. */
export class RegistrationClosedError extends UsersError {
  readonly status = 403;
  readonly code = 'REGISTRATION_CLOSED';

  constructor() {
    super('Registration is closed.');
  }
}

/** A reset token that is bad, expired, used, made for another purpose or address, or whose user is gone or inactive: one answer for all. */
export class ResetPasswordBadTokenError extends UsersError {
  readonly status = 400;
  readonly code = 'RESET_PASSWORD_BAD_TOKEN';

  constructor() {
    super('The link is invalid or has expired. Ask for a new one.');
  }
}

/** The new password is refused by a rule; the token stays good. */
export class ResetPasswordInvalidPasswordError extends PasswordRefusedError {
  readonly code = 'RESET_PASSWORD_INVALID_PASSWORD';
}

/** A verification token that is bad, expired, used, or for an address that is no longer the user's. */
export class VerifyUserBadTokenError extends UsersError {
  readonly status = 400;
  readonly code = 'VERIFY_USER_BAD_TOKEN';

  constructor() {
    super('The link is invalid or has expired. Ask for a new one.');
  }
}

/** The address is verified already: nothing is left to do. */
export class VerifyUserAlreadyVerifiedError extends UsersError {
  readonly status = 400;
  readonly code = 'VERIFY_USER_ALREADY_VERIFIED';

  constructor() {
    super('This address is verified already.');
  }
}

/** The new address belongs to somebody else. */
export class UpdateUserEmailAlreadyExistsError extends UsersError {
  readonly status = 400;
  readonly code = 'UPDATE_USER_EMAIL_ALREADY_EXISTS';

  constructor() {
    super('There is an account with this address already.');
  }
}

/** The new password is refused by a rule. */
export class UpdateUserInvalidPasswordError extends PasswordRefusedError {
  readonly code = 'UPDATE_USER_INVALID_PASSWORD';
}

/** `currentPassword` is missing or wrong. Nothing was changed. */
export class UpdateUserBadCurrentPasswordError extends UsersError {
  readonly status = 400;
  readonly code = 'UPDATE_USER_BAD_CURRENT_PASSWORD';

  constructor() {
    super('Your current password is missing or wrong.');
  }
}

/** `currentPassword` is missing or wrong. Nothing was deleted. */
export class DeleteUserBadCurrentPasswordError extends UsersError {
  readonly status = 400;
  readonly code = 'DELETE_USER_BAD_CURRENT_PASSWORD';

  constructor() {
    super('Your current password is missing or wrong.');
  }
}

/** The password is wrong. The session is as fresh as it was. */
export class ReauthenticateBadPasswordError extends UsersError {
  readonly status = 400;
  readonly code = 'REAUTHENTICATE_BAD_PASSWORD';

  constructor() {
    super('The password is wrong.');
  }
}

/** Without this one no active superuser would be left. */
export class LastSuperuserError extends UsersError {
  readonly status = 400;
  readonly code = 'LAST_SUPERUSER';

  constructor() {
    super('This is the last active superuser. Make somebody else one first.');
  }
}
