import { getMetadataArgsStorage, type RoutingControllersOptions } from 'routing-controllers';
import { type FieldError, MalformedBodyError, PayloadTooLargeError, UsersError } from '../http/index.js';
import type { ErrorResponses } from './error-responses.js';
import type { Security } from './library-operation.js';
import type { MountedAction } from './mounted-actions.js';
import { requirePackage } from './optional-package.js';

/** How the library tells of routing-controllers' own `BadRequestError`: a body that fails its validation. */
class BadRequestError extends UsersError {
  readonly status = 400;
  readonly code = 'BAD_REQUEST';

  constructor() {
    super("Invalid body, check 'errors' property for more info.");
  }

  protected override get extensions(): { errors: FieldError[] } {
    return { errors: [{ field: 'title', messages: ['title must be a string'] }] };
  }
}

/** The part of routing-controllers-openapi that is needed. */
interface OpenApiPackage {
  getOperation(route: object, schemas: object): Record<string, unknown>;
}

type Responses = Record<string, Record<string, unknown>>;

/** Describes the app's own controllers, by routing-controllers-openapi, whose decorators hold; guards and errors are added. */
export class AppOperations {
  private readonly openApi = requirePackage('routing-controllers-openapi') as OpenApiPackage;

  constructor(
    private readonly options: RoutingControllersOptions,
    private readonly security: Security,
    private readonly errors: ErrorResponses,
  ) {}

  of(action: MountedAction, schemas: object): Record<string, unknown> {
    const storage = getMetadataArgsStorage();
    const { controller, method } = action;
    const declared = storage.actions.find((args) => args.method === method && isSameOrBase(args.target, controller));
    const handlers = storage.filterResponseHandlersWithTargetAndMethod(controller, method);
    const route = {
      action: { ...declared, target: controller },
      controller: storage.controllers.find(({ target }) => target === controller),
      options: this.options,
      params: storage.filterParamsWithTargetAndMethod(controller, method).sort((one, other) => one.index - other.index),
      responseHandlers: handlers,
    };
    const operation = this.openApi.getOperation(route, schemas);
    const whenUndefined = handlers.find(({ type }) => type === 'on-undefined')?.value;
    const responses = withStatusOfNothing(responsesOf(operation), whenUndefined);
    return {
      ...operation,
      ...withNeededBody(operation, schemas),
      operationId: `${lowerFirst(controller.name.replace(/Controller$/, ''))}${upperFirst(method)}`,
      responses: { ...this.errors.of(action, { errors: bodyErrors(operation) }), ...describeAll(responses) },
      security: action.roles === null ? [] : this.security,
    };
  }
}

function responsesOf({ responses }: Record<string, unknown>): Responses {
  return typeof responses === 'object' && responses !== null ? { ...(responses as Responses) } : {};
}

/** `@OnUndefined(204)` is for actions that answer nothing, which routing-controllers-openapi does not look at. */
function withStatusOfNothing(responses: Responses, status: unknown): Responses {
  const isSuccess = typeof status === 'number' && status >= 200 && status < 300;
  if (!isSuccess) return responses;
  const described = Object.entries(responses).filter(([code, response]) => !code.startsWith('2') || hasSchema(response));
  return { ...Object.fromEntries(described), [status]: { description: 'Done.' } };
}

function hasSchema({ content }: Record<string, unknown>): boolean {
  return JSON.stringify(content ?? {}).includes('"schema"');
}

/** A body that has to have a field has to be there, also where its decorator does not say so. */
function withNeededBody({ requestBody }: Record<string, unknown>, schemas: object): object {
  if (typeof requestBody !== 'object' || requestBody === null) return {};
  const [, name = ''] = /"#\/components\/schemas\/([^"]+)"/.exec(JSON.stringify(requestBody)) ?? [];
  const schema: unknown = Reflect.get(schemas, name);
  const isNeeded = typeof schema === 'object' && schema !== null && 'required' in schema;
  return isNeeded ? { requestBody: { ...requestBody, required: true } } : {};
}

/** What routing-controllers answers for a body that it has read and validated. */
function bodyErrors({ requestBody }: Record<string, unknown>): UsersError[] {
  return requestBody === undefined ? [] : [new BadRequestError(), new MalformedBodyError(), new PayloadTooLargeError()];
}

/** OpenAPI wants a description of each response, which routing-controllers-openapi leaves empty. */
function describeAll(responses: Responses): Responses {
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => {
      if (response.$ref !== undefined) return [status, response];
      const description = response.description === undefined || response.description === '' ? 'Success.' : response.description;
      const { content: _content, ...rest } = response;
      return [status, status === '204' ? { ...rest, description } : { ...response, description }];
    }),
  );
}

function isSameOrBase(target: Function, controller: Function): boolean {
  return target === controller || controller.prototype instanceof target;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
