import { UsersError } from '../http/index.js';

/** Unknown, wrong, without a password or inactive: one answer for all, so that none tells who has an account. */
export class LoginBadCredentialsError extends UsersError {
  readonly status = 400;
  readonly code = 'LOGIN_BAD_CREDENTIALS';

  constructor() {
    super('The address or the password is wrong.');
  }
}

/** The password was right, and the address has yet to be verified. */
export class LoginUserNotVerifiedError extends UsersError {
  readonly status = 400;
  readonly code = 'LOGIN_USER_NOT_VERIFIED';

  constructor() {
    super('Verify your e-mail address first.');
  }
}

/** Another factor is due. No session was made. */
export class MfaRequiredError extends UsersError {
  readonly status = 403;
  readonly code = 'MFA_REQUIRED';

  /**
   * @param mfaToken - names this sign-in for 5 minutes, and is good for nothing else
   * @param factors - what may be shown now: `totp`, …
   */
  constructor(
    readonly mfaToken: string,
    readonly factors: readonly string[],
  ) {
    super('Show a second factor to go on.');
  }

  protected override get extensions(): Record<string, unknown> {
    return { mfaToken: this.mfaToken, factors: this.factors };
  }
}

/** The session is not fresh enough for what is asked. */
export class ReauthenticationRequiredError extends UsersError {
  readonly status = 403;
  readonly code = 'REAUTHENTICATION_REQUIRED';

  constructor() {
    super('Show your password again, or sign in anew, to do this.');
  }
}

/** A refresh token that is bad, was used before, or whose session is over. */
export class RefreshBadTokenError extends UsersError {
  readonly status = 401;
  readonly code = 'REFRESH_BAD_TOKEN';

  constructor() {
    super('The session is over. Sign in again.');
  }

  override get headers(): Record<string, string> {
    return { 'WWW-Authenticate': 'Bearer error="invalid_token"' };
  }
}
