import { type FieldError, UsersError } from './users-error.js';

/** No token came, or one that is no good. */
export class UnauthorizedError extends UsersError {
  readonly status = 401;
  readonly code = 'UNAUTHORIZED';

  /** @param tokenCame - whether the request carried a token, which RFC 6750, section 3 tells from none at all */
  constructor(private readonly tokenCame = false) {
    super('Sign in first.');
  }

  override get headers(): Record<string, string> {
    return { 'WWW-Authenticate': this.tokenCame ? 'Bearer error="invalid_token"' : 'Bearer' };
  }
}

/** The person is signed in and may not do this. */
export class ForbiddenError extends UsersError {
  readonly status = 403;
  readonly code = 'FORBIDDEN';

  constructor() {
    super('You may not do this.');
  }
}

/** A request from another site that a cookie would authenticate, or whose answer would set one. */
export class CsrfRejectedError extends UsersError {
  readonly status = 403;
  readonly code = 'CSRF_REJECTED';

  constructor() {
    super('The request does not come from this site.');
  }
}

/** Nothing is there, or nothing that the caller may know of. */
export class NotFoundError extends UsersError {
  readonly status = 404;
  readonly code = 'NOT_FOUND';

  constructor() {
    super('There is nothing at this address.');
  }
}

/** The body is not valid JSON, not UTF-8, or nested too deep. */
export class MalformedBodyError extends UsersError {
  readonly status = 400;
  readonly code = 'MALFORMED_BODY';

  constructor() {
    super('The body cannot be read. Send valid JSON in UTF-8.');
  }
}

/** The body is larger than the limit. */
export class PayloadTooLargeError extends UsersError {
  readonly status = 413;
  readonly code = 'PAYLOAD_TOO_LARGE';

  constructor() {
    super('The body is too large.');
  }
}

/** A content type that the route does not take, none at all over a body, or a content encoding. */
export class UnsupportedMediaTypeError extends UsersError {
  readonly status = 415;
  readonly code = 'UNSUPPORTED_MEDIA_TYPE';

  constructor() {
    super('Send the body as application/json, without a content encoding.');
  }
}

/** The body or the query has fields that are missing or wrong. Values are never repeated. */
export class ValidationError extends UsersError {
  readonly status = 422;
  readonly code = 'VALIDATION_ERROR';

  constructor(readonly errors: FieldError[]) {
    super('Some fields are missing or wrong.');
  }

  protected override get extensions(): Record<string, unknown> {
    return { errors: this.errors };
  }
}

/** Too many tries. */
export class TooManyRequestsError extends UsersError {
  readonly status = 429;
  readonly code = 'TOO_MANY_REQUESTS';

  /** @param retryAfterSeconds - when the next try counts again, at least 1 */
  constructor(private readonly retryAfterSeconds: number) {
    super('Too many tries. Wait a while and try again.');
  }

  override get headers(): Record<string, string> {
    return retryAfter(this.retryAfterSeconds);
  }
}

/** What happened is in the log, and nowhere else. */
export class InternalError extends UsersError {
  readonly status = 500;
  readonly code = 'INTERNAL_ERROR';

  constructor() {
    super('Something went wrong on our side.');
  }
}

/** A database or a token store cannot be reached, or too much is waiting. Nothing was done, nobody was let in. */
export class ServiceUnavailableError extends UsersError {
  readonly status = 503;
  readonly code = 'SERVICE_UNAVAILABLE';

  /**
   * @param retryAfterSeconds - when to try again, at least 1
   * @param options - `cause`: for the log alone
   */
  constructor(
    private readonly retryAfterSeconds = 5,
    options?: ErrorOptions,
  ) {
    super('The service is busy or not available. Try again in a moment.', options);
  }

  override get headers(): Record<string, string> {
    return retryAfter(this.retryAfterSeconds);
  }
}

function retryAfter(seconds: number): Record<string, string> {
  return { 'Retry-After': String(Math.max(1, Math.ceil(seconds))) };
}
