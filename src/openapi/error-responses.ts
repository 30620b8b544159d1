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
  PROBLEM_TYPE,
  type RouteDescription,
  ServiceUnavailableError,
  TooManyRequestsError,
  UnauthorizedError,
  UnsupportedMediaTypeError,
  type UsersError,
  ValidationError,
} from '../http/index.js';
import type { Components } from './components.js';
import type { MountedAction } from './mounted-actions.js';

const ALWAYS: readonly string[] = ['type', 'title', 'status', 'code', 'detail'];

/** What some errors have beside. */
const MEMBERS: Record<string, JsonSchema> = {
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
};

/** The shape of every error (RFC 9457). */
export const PROBLEM_SCHEMA: JsonSchema = {
  type: 'object',
  required: ALWAYS,
  properties: {
    type: { type: 'string', enum: ['about:blank'] },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'What went wrong, for programs.' },
    detail: { type: 'string', description: 'What went wrong, in one sentence for a person.' },
    ...MEMBERS,
  },
};

/** What of an app decides which errors a route may have. */
export interface ErrorTraits {
  requiresVerification: boolean;
  /** Whether a cookie may authenticate a request. */
  hasCookies: boolean;
}

/** What is described of a route that is the app's own: nothing that its decorators do not say. */
type Described = Pick<RouteDescription, 'errors' | 'body' | 'form' | 'query' | 'limited' | 'refusesUnverified'>;

/** Describes the errors of routes, each code with an example, so that a client may tell them apart by their codes. */
export class ErrorResponses {
  constructor(
    private readonly traits: ErrorTraits,
    private readonly components: Components,
  ) {}

  /** All errors that a route may answer with, by status. */
  of(action: MountedAction, description: Described = {}): Record<string, object> {
    const byStatus = new Map<number, UsersError[]>();
    for (const error of [...(description.errors ?? []), ...commonErrors(action, description, this.traits)]) {
      const known = byStatus.get(error.status) ?? [];
      if (!known.some(({ code }) => code === error.code)) byStatus.set(error.status, [...known, error]);
    }
    const sorted = [...byStatus].sort(([one], [other]) => one - other);
    return Object.fromEntries(sorted.map(([status, errors]) => [String(status), this.response(status, errors)]));
  }

  /** What many routes have in common, such as a 401, is there once, under the name of its code. */
  private response(status: number, errors: readonly UsersError[]): object {
    const response = describeErrors(status, errors);
    const [only, ...others] = errors;
    return only === undefined || others.length > 0 ? response : this.components.response(nameOf(only.code), response);
  }
}

function commonErrors(action: MountedAction, description: Described, traits: ErrorTraits): UsersError[] {
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
  if (traits.requiresVerification && description.refusesUnverified === true) errors.push(new ForbiddenError());
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

function describeErrors(status: number, errors: readonly UsersError[]): object {
  const examples = Object.fromEntries(errors.map((error) => [error.code, { value: error.toJSON() }]));
  const headers = Object.keys(Object.assign({}, ...errors.map((error) => error.headers)));
  return {
    description: STATUS_CODES[status] ?? 'Error',
    ...(headers.length > 0 ? { headers: Object.fromEntries(headers.map((name) => [name, { schema: { type: 'string' } }])) } : {}),
    content: { [PROBLEM_TYPE]: { schema: problemSchema(errors), examples } },
  };
}

/** Codes that come alone share a schema; one with a member of its own, such as `errors`, has its own. */
function problemSchema(errors: readonly UsersError[]): JsonSchema {
  const codesByMembers = new Map<string, string[]>();
  for (const error of errors) {
    const members = Object.keys(error.toJSON()).filter((member) => !ALWAYS.includes(member));
    const key = members.sort().join(' ');
    codesByMembers.set(key, [...(codesByMembers.get(key) ?? []), error.code]);
  }
  const schemas = [...codesByMembers].map(([key, codes]) => narrowedProblem(codes, key === '' ? [] : key.split(' ')));
  const [only, ...others] = schemas;
  return only === undefined || others.length > 0 ? { oneOf: schemas } : only;
}

function narrowedProblem(codes: readonly string[], members: readonly string[]): JsonSchema {
  const properties: Record<string, JsonSchema> = { code: { type: 'string', enum: codes } };
  for (const member of members) properties[member] = MEMBERS[member] ?? {};
  return {
    allOf: [{ $ref: '#/components/schemas/Problem' }, { type: 'object', required: ['code', ...members], properties }],
  };
}

/** `UNSUPPORTED_MEDIA_TYPE` as `UnsupportedMediaType`. */
function nameOf(code: string): string {
  return code.toLowerCase().replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());
}
