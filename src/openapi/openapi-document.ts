import type { RoutingControllersOptions } from 'routing-controllers';
import { BearerTransport } from '../authentication/index.js';
import {
  type DescribedApp,
  type DescribedBackend,
  type JsonSchema,
  LibraryController,
  routeDescriptions,
  type UsersError,
} from '../http/index.js';
import type { BaseUserWithoutId } from '../model/index.js';
import { contextOf } from '../setup/context-of.js';
import type { Users } from '../setup/setup-users.js';
import {
  type AuthControllerClass,
  describeAuthController,
  describeUsersController,
  type UsersContext,
  UsersController,
} from '../users/index.js';
import { AppOperations } from './app-operations.js';
import { Components } from './components.js';
import { ErrorResponses, PROBLEM_SCHEMA } from './error-responses.js';
import { libraryOperation, openApiPath, type Security } from './library-operation.js';
import { isTurnedOff, type MountedAction, mountedActions } from './mounted-actions.js';
import { ClassSchemas, idSchema, userSchemas } from './schemas.js';

export interface OpenApiInfo {
  title: string;
  version: string;
  description?: string;
}

export interface OpenApiOptions {
  info: OpenApiInfo;
  /** Where the API is: `[{ url: 'https://app.example' }]`. @defaultValue the origin that serves the document */
  servers?: readonly { url: string; description?: string }[];
  /**
   * Errors that hooks of yours refuse with, by the method of the controller: `{ register: [new NoInvitationError()] }`. Of others the
   * document cannot know, and a client that tells errors by their codes neither.
   */
  errors?: Readonly<Record<string, readonly UsersError[]>>;
}

/** An OpenAPI 3.1 document, as plain JSON. */
export interface OpenApiDocument {
  openapi: '3.1.0';
  info: OpenApiInfo;
  servers?: readonly { url: string; description?: string }[];
  tags: readonly { name: string }[];
  paths: Record<string, Record<string, unknown>>;
  components: {
    schemas: Record<string, JsonSchema>;
    responses: Record<string, object>;
    securitySchemes: Record<string, object>;
  };
}

/**
 * Describes every route that an app has mounted, the library's and its own, with the app's own fields, the guards and every error code.
 * @param users - what `setupUsers` answered
 * @param routing - what `users.routing(…)` answered, with the list of controllers
 * @throws {@link UsersSetupError} with the install line, where routing-controllers-openapi or class-validator-jsonschema is missing
 * @see {@link https://spec.openapis.org/oas/v3.1.1.html | OpenAPI 3.1}
 */
export function openApiDocument<U extends BaseUserWithoutId>(
  users: Users<U>,
  routing: RoutingControllersOptions,
  options: OpenApiOptions,
): OpenApiDocument {
  const context = contextOf(users);
  const schemas = new ClassSchemas();
  const securitySchemes = Object.fromEntries(
    context.backends.flatMap(({ name, transport }) =>
      transport.securityScheme === undefined ? [] : [[name, transport.securityScheme()]],
    ),
  );
  const security: Security = Object.keys(securitySchemes).map((name) => ({ [name]: [] }));
  const app = describedApp(context);
  const components = new Components({ ...schemas.all(), ...userSchemas(context, schemas), Problem: PROBLEM_SCHEMA });
  const errors = new ErrorResponses(
    { requiresVerification: context.settings.requiresVerification, hasCookies: app.backends.some(isCookie) },
    components,
  );
  const parts = { app, schemas, components, errors, security, userId: idSchema(context) };
  const appOperations = new AppOperations(routing, security, errors);
  const operations = mountedActions(routing)
    .filter((action) => !isTurnedOff(context, action))
    .map((action) => {
      const description = descriptionOf(action);
      if (description === undefined) return { action, operation: appOperations.of(action, components.schemas) };
      const more = options.errors?.[action.method] ?? [];
      const withMore = { ...description, errors: [...(description.errors ?? []), ...more] };
      return { action, operation: libraryOperation(action, withMore, parts) };
    });
  const paths = pathsOf(operations);
  return {
    openapi: '3.1.0',
    info: options.info,
    ...(options.servers === undefined ? {} : { servers: options.servers }),
    tags: tagsOf(operations.map(({ operation }) => operation)),
    paths,
    components: {
      schemas: usedSchemas([paths, components.responses], components.schemas),
      responses: components.responses,
      securitySchemes,
    },
  };
}

function describedApp<U extends BaseUserWithoutId>({ backends, settings }: UsersContext<U>): DescribedApp {
  return {
    backends: backends.map(({ name, transport, refresh }) => ({
      name,
      answersBy: transport instanceof BearerTransport ? 'tokens' : transport.isAmbient === true ? 'cookie' : 'unknown',
      hasRefresh: refresh !== undefined,
    })),
    preventEnumeration: settings.preventEnumeration,
  };
}

function isCookie({ answersBy }: DescribedBackend): boolean {
  return answersBy === 'cookie';
}

interface Described {
  action: MountedAction;
  operation: Record<string, unknown>;
}

function descriptionOf({ controller, method }: MountedAction) {
  if ('backend' in controller && controller.prototype instanceof LibraryController)
    describeAuthController(controller as AuthControllerClass);
  else if (controller === UsersController || controller.prototype instanceof UsersController) describeUsersController();
  const descriptions = routeDescriptions(controller);
  return Object.hasOwn(descriptions, method) ? descriptions[method] : undefined;
}

/** The first route of a path is the one that answers. An operation id that comes twice gets a number, since it names a function of a client. */
function pathsOf(described: readonly Described[]): OpenApiDocument['paths'] {
  const paths: OpenApiDocument['paths'] = {};
  const seen = new Map<string, number>();
  for (const { action, operation } of described) {
    const path = openApiPath(action.path);
    paths[path] ??= {};
    if (paths[path][action.verb] !== undefined) continue;
    const id = String(operation.operationId);
    const count = (seen.get(id) ?? 0) + 1;
    seen.set(id, count);
    paths[path][action.verb] = { ...operation, operationId: count === 1 ? id : `${id}${count}` };
  }
  return paths;
}

function tagsOf(operations: readonly Record<string, unknown>[]): { name: string }[] {
  const names = new Set(operations.flatMap(({ tags }) => (Array.isArray(tags) ? tags.map(String) : [])));
  return [...names].map((name) => ({ name }));
}

/** Every class with validators is known by name, those of other apps and of the library's inside too: only what is referred to stays. */
function usedSchemas(parts: object, schemas: Record<string, JsonSchema>): Record<string, JsonSchema> {
  const used = new Set<string>();
  const look = (part: unknown): void => {
    for (const [, name] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (name === undefined || used.has(name)) continue;
      used.add(name);
      look(schemas[name] ?? {});
    }
  };
  look(parts);
  return Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)));
}
