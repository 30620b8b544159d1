import { UsersError } from '../../http/index.js';

/**
 * A state, or a code for exchange, that is missing, forged, expired, used, another browser's, or made for another provider or person: one answer
 * for all, before anything is asked of the provider.
 */
export class OAuthInvalidStateError extends UsersError {
  readonly status = 400;
  readonly code = 'OAUTH_INVALID_STATE';

  constructor() {
    super('This sign-in was not begun in this browser, took too long, or is done already. Begin again.');
  }
}

/** The person said no at the provider, or the provider did. */
export class OAuthAccessDeniedError extends UsersError {
  readonly status = 400;
  readonly code = 'OAUTH_ACCESS_DENIED';

  constructor() {
    super('You did not allow this at the provider.');
  }
}

/** The provider tells no address, or none that is one, and without an address there is no user. */
export class OAuthNotAvailableEmailError extends UsersError {
  readonly status = 400;
  readonly code = 'OAUTH_NOT_AVAILABLE_EMAIL';

  constructor() {
    super('The provider did not tell your e-mail address. Allow it there, or register with a password.');
  }
}

/** Somebody has an account with this address, and nothing proves that it is the same person. */
export class OAuthUserAlreadyExistsError extends UsersError {
  readonly status = 400;
  readonly code = 'OAUTH_USER_ALREADY_EXISTS';

  constructor() {
    super('There is an account with this address already. Sign in to it, and add this provider there.');
  }
}

/** The account at the provider belongs to another user here. */
export class OAuthAccountTakenError extends UsersError {
  readonly status = 400;
  readonly code = 'OAUTH_ACCOUNT_TAKEN';

  constructor() {
    super('This account at the provider belongs to somebody else here.');
  }
}

/** The provider refuses the code, or what it answers fails its checks. */
export class OAuthBadAnswerError extends UsersError {
  readonly status = 400;
  readonly code = 'OAUTH_BAD_ANSWER';

  constructor(options?: ErrorOptions) {
    super('The provider did not confirm this sign-in. Begin again.', options);
  }
}

/** The provider is down, answers 5xx, is too slow or sends too much. Nothing was done. */
export class OAuthProviderError extends UsersError {
  readonly status = 502;
  readonly code = 'OAUTH_PROVIDER_ERROR';

  constructor(options?: ErrorOptions) {
    super('The provider cannot be reached. Try again in a moment.', options);
  }
}

/** `returnTo` is neither a path of this app nor an address of a trusted origin. */
export class OAuthBadReturnToError extends UsersError {
  readonly status = 400;
  readonly code = 'OAUTH_BAD_RETURN_TO';

  constructor() {
    super('This is no address that the app may send you to.');
  }
}

/** Without this account the person could not sign in any more. */
export class OAuthLastSignInMethodError extends UsersError {
  readonly status = 400;
  readonly code = 'OAUTH_LAST_SIGN_IN_METHOD';

  constructor() {
    super('This is your only way to sign in. Set a password or add another account first.');
  }
}
