import { STATUS_CODES } from 'node:http';
import { ReauthenticationRequiredError } from '../authentication/index.js';
import {
  CsrfRejectedError,
  ForbiddenError,
  InternalError,
  type JsonSchema,
  MalformedBodyError,
  NotFoundError,
  PayloadTooLargeError,
  type RouteDescription,
  ServiceUnavailableError,
  TooManyRequestsError,
  UnauthorizedError,
  UnsupportedMediaTypeError,
  type UsersError,
  ValidationError,
} from '../http/index.js';
import type { MountedAction } from './mounted-actions.js';

/** The shape of every error (RFC 9457). */
export const PROBLEM_SCHEMA: JsonSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string', enum: ['about:blank'] },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'What went wrong, for programs.' },
    detail: { type: 'string', description: 'What went wrong, in one sentence for a person.' },
    reason: { type: 'string', description: 'Which rule refused a password.' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['field', 'messages'],
        properties: { field: { type: 'string' }, messages: { type: 'array', items: { type: 'string' } } },
      },
    },
    mfaToken: { type: 'string' },
    factors: { type: 'array', items: { type: 'string' } },
  },
};

/** What of an app decides which errors a route may have. */
export interface ErrorTraits {
  requiresVerification: boolean;
  /** Whether a cookie may authenticate a request. */
  hasCookies: boolean;
}

/** All errors that a route may answer with, by status, each code with an example. */
export function errorResponses(
  action: MountedAction,
  description: Partial<RouteDescription>,
  traits: ErrorTraits,
): Record<string, object> {
  const byStatus = new Map<number, UsersError[]>();
  for (const error of [...(description.errors ?? []), ...commonErrors(action, description, traits)]) {
    const known = byStatus.get(error.status) ?? [];
    if (!known.some(({ code }) => code === error.code)) byStatus.set(error.status, [...known, error]);
  }
  const sorted = [...byStatus].sort(([one], [other]) => one - other);
  return Object.fromEntries(sorted.map(([status, errors]) => [String(status), response(status, errors)]));
}

function commonErrors(action: MountedAction, description: Partial<RouteDescription>, traits: ErrorTraits): UsersError[] {
  const { roles, verb, path } = action;
  const errors: UsersError[] = [new InternalError(), new ServiceUnavailableError()];
  if (description.body) {
    errors.push(new MalformedBodyError(), new PayloadTooLargeError(), new UnsupportedMediaTypeError());
    errors.push(new ValidationError([{ field: 'email', messages: ['email must be an e-mail address'] }]));
  } else if (description.query !== undefined) {
    errors.push(new ValidationError([{ field: 'limit', messages: ['limit must be a whole number from 1 to 100'] }]));
  }
  if (description.limited === true || description.body === 'UserUpdate') errors.push(new TooManyRequestsError(60));
  if (path.includes(':')) errors.push(new NotFoundError());
  if (roles === null) {
    if (traits.hasCookies && description.form === true) errors.push(new CsrfRejectedError());
    return errors;
  }
  errors.push(new UnauthorizedError());
  if (roles.some((role) => role !== 'fresh') || traits.requiresVerification) errors.push(new ForbiddenError());
  if (roles.includes('fresh')) errors.push(new ReauthenticationRequiredError());
  if (traits.hasCookies && verb !== 'get') errors.push(new CsrfRejectedError());
  return errors;
}

function response(status: number, errors: readonly UsersError[]): object {
  const examples = Object.fromEntries(errors.map((error) => [error.code, { value: error.toJSON() }]));
  const headers = Object.keys(Object.assign({}, ...errors.map((error) => error.headers)));
  return {
    description: STATUS_CODES[status] ?? 'Error',
    ...(headers.length > 0 ? { headers: Object.fromEntries(headers.map((name) => [name, { schema: { type: 'string' } }])) } : {}),
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' }, examples } },
  };
}
