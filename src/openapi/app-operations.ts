import { getMetadataArgsStorage, type RoutingControllersOptions } from 'routing-controllers';
import { type ErrorTraits, errorResponses } from './error-responses.js';
import type { Security } from './library-operation.js';
import type { MountedAction } from './mounted-actions.js';
import { requirePackage } from './optional-package.js';

/** The part of routing-controllers-openapi that is needed. */
interface OpenApiPackage {
  getOperation(route: object, schemas: object): Record<string, unknown>;
}

/** Describes the app's own controllers, by routing-controllers-openapi, whose decorators hold; guards and errors are added. */
export class AppOperations {
  private readonly openApi = requirePackage('routing-controllers-openapi') as OpenApiPackage;

  constructor(
    private readonly options: RoutingControllersOptions,
    private readonly security: Security,
    private readonly traits: ErrorTraits,
  ) {}

  of(action: MountedAction, schemas: object): Record<string, unknown> {
    const storage = getMetadataArgsStorage();
    const { controller, method } = action;
    const declared = storage.actions.find((args) => args.method === method && isSameOrBase(args.target, controller));
    const route = {
      action: { ...declared, target: controller },
      controller: storage.controllers.find(({ target }) => target === controller),
      options: this.options,
      params: storage.filterParamsWithTargetAndMethod(controller, method).sort((one, other) => one.index - other.index),
      responseHandlers: storage.filterResponseHandlersWithTargetAndMethod(controller, method),
    };
    const operation = this.openApi.getOperation(route, schemas);
    const errors = errorResponses(action, {}, this.traits);
    return {
      ...operation,
      operationId: `${lowerFirst(controller.name.replace(/Controller$/, ''))}${upperFirst(method)}`,
      responses: { ...errors, ...describeAll(operation.responses) },
      security: action.roles === null ? [] : this.security,
    };
  }
}

/** OpenAPI wants a description of each response, which routing-controllers-openapi leaves empty. */
function describeAll(responses: unknown): Record<string, object> {
  if (typeof responses !== 'object' || responses === null) return {};
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]: [string, object]) => {
      const described = 'description' in response && response.description !== '';
      return [status, described ? response : { ...response, description: 'Success.' }];
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
