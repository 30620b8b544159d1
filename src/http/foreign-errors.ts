import { STATUS_CODES } from 'node:http';
import { ValidationError as ClassValidatorError } from 'class-validator';
import {
  ForbiddenError,
  InternalError,
  MalformedBodyError,
  NotFoundError,
  PayloadTooLargeError,
  UnauthorizedError,
  UnsupportedMediaTypeError,
} from './http.errors.js';
import { type FieldError, UsersError } from './users-error.js';
import { toFieldErrors } from './validation-messages.js';

/** An error of routing-controllers, Express or another middleware, as a problem. */
class ForeignProblemError extends UsersError {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    private readonly errors: FieldError[],
  ) {
    super(detail);
  }

  override get headers(): Record<string, string> {
    return this.status === 401 ? new UnauthorizedError().headers : {};
  }

  protected override get extensions(): Record<string, unknown> {
    return this.errors.length === 0 ? {} : { errors: this.errors };
  }
}

/**
 * Gives the problem that a client is told for whatever was thrown.
 *
 * - A {@link UsersError}, the app's own too, stays as it is.
 * - Errors of body-parser become 400, 413 and 415, as if the library had read the body itself.
 * - routing-controllers' `HttpError`s and those of Express and http-errors keep a status from 400 to 499.
 * - Anything else, and any 5xx, is an {@link InternalError}, which tells nothing.
 */
export function toUsersError(error: unknown): UsersError {
  if (error instanceof UsersError) {
    return isErrorStatus(error.status, 599) ? error : new InternalError();
  }
  if (!(error instanceof Error)) return new InternalError();
  return bodyParserProblem(error) ?? foreignProblem(error) ?? new InternalError();
}

function bodyParserProblem(error: Error): UsersError | undefined {
  switch (Reflect.get(error, 'type')) {
    case 'entity.parse.failed':
    case 'request.aborted':
    case 'request.size.invalid':
    case 'querystring.parse.rangeError':
      return new MalformedBodyError();
    case 'entity.too.large':
    case 'parameters.too.many':
      return new PayloadTooLargeError();
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new UnsupportedMediaTypeError();
    default:
      return undefined;
  }
}

/** routing-controllers has `httpCode`; Express and http-errors have `status`, and say by `expose` whether the message is for the client. */
function foreignProblem(error: Error): UsersError | undefined {
  const httpCode: unknown = Reflect.get(error, 'httpCode');
  const status: unknown = httpCode ?? Reflect.get(error, 'status') ?? Reflect.get(error, 'statusCode');
  if (!isErrorStatus(status, 499)) return undefined;
  const shown = httpCode !== undefined || Reflect.get(error, 'expose') === true;
  const detail = shown && !repeatsTheRequest(error) ? error.message : '';
  return new ForeignProblemError(status, codeOf(status, error), detail || detailOf(status), fieldErrorsOf(error));
}

/** Messages of routing-controllers and Express that hold a value or the whole address, where a token may stand. */
function repeatsTheRequest(error: Error): boolean {
  const names = [
    'AccessDeniedError',
    'AuthorizationRequiredError',
    'ParamNormalizationError',
    'ParamRequiredError',
    'ParameterParseJsonError',
  ];
  return error instanceof URIError || names.includes(error.name);
}

/** What a person is told where the error's own words are not for him. */
function detailOf(status: number): string {
  const details: Record<number, string> = {
    400: 'Something in the request is missing or wrong.',
    401: new UnauthorizedError().message,
    403: new ForbiddenError().message,
    404: new NotFoundError().message,
  };
  return details[status] ?? `${titleOf(status)}.`;
}

function codeOf(status: number, error: Error): string {
  if (status === 401) return 'UNAUTHORIZED';
  if (status === 403) return 'FORBIDDEN';
  if (status === 404) return 'NOT_FOUND';
  const name = error.name.replace(/Error$/, '');
  const plain = name === '' || name === 'Http' || error instanceof URIError || error instanceof TypeError;
  return upperSnake(plain ? titleOf(status) : name);
}

function upperSnake(name: string): string {
  return name
    .replaceAll("'", '')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();
}

/** routing-controllers hangs class-validator's errors, values and all, on its `BadRequestError`. */
function fieldErrorsOf(error: Error): FieldError[] {
  const errors: unknown = Reflect.get(error, 'errors');
  if (!Array.isArray(errors)) return [];
  const known = errors.filter((item): item is ClassValidatorError => item instanceof ClassValidatorError);
  return toFieldErrors(known, (_property, item) => item.value);
}

function titleOf(status: number): string {
  return STATUS_CODES[status] ?? 'Error';
}

function isErrorStatus(status: unknown, highest: number): status is number {
  return Number.isInteger(status) && Number(status) >= 400 && Number(status) <= highest;
}
