import type { NextFunction, Request, Response } from 'express';
import { getMetadataArgsStorage, Middleware, type RoutingControllersOptions } from 'routing-controllers';
import { AuthenticationBackend, type AuthorizationChecker, type CurrentUserChecker } from '../authentication/index.js';
import { asServiceError } from '../database/index.js';
import { createProblemHandler, LibraryController, NotFoundError, sendProblem } from '../http/index.js';
import type { BaseUserWithoutId } from '../model/index.js';
import type { Logger } from '../runtime/logger.js';
import { UsersSetupError } from '../runtime/setup-error.js';
import { type AppContainer, isOwned } from './app-container.js';

type ClassesOrFolders = RoutingControllersOptions['controllers'];

export interface RoutingParts<U extends BaseUserWithoutId> {
  container: AppContainer;
  logger: Logger;
  authorizationChecker: AuthorizationChecker;
  currentUserChecker: CurrentUserChecker<U>;
  /** Those that the set-up knows. */
  backends: readonly AuthenticationBackend<U>[];
}

/**
 * Completes the options of routing-controllers: the checkers, and the library's middlewares around the app's.
 * @throws {@link UsersSetupError} for a controller of a backend that the set-up does not know
 */
export function completeRouting<U extends BaseUserWithoutId>(
  parts: RoutingParts<U>,
  { routePrefix, ...rest }: RoutingControllersOptions,
): RoutingControllersOptions {
  const options = routePrefix === undefined ? rest : { ...rest, routePrefix: withSlash(routePrefix) };
  refuseUnknownBackends(options, parts.backends);
  const prefixes = libraryPrefixes(options);
  const middlewares: unknown[] = [...appMiddlewares(options), ...libraryMiddlewares(parts, prefixes)];
  return {
    ...options,
    // The default one closes the connection after each error, and knows no problem details.
    defaultErrorHandler: options.defaultErrorHandler ?? false,
    middlewares: middlewares as Function[],
    authorizationChecker: parts.authorizationChecker,
    currentUserChecker: parts.currentUserChecker,
  };
}

/** A backend that the set-up does not know has no keys: its login would fail at the first person who tries. */
function refuseUnknownBackends({ controllers = [] }: RoutingControllersOptions, known: readonly unknown[]): void {
  const faults = controllers.flatMap((controller) => {
    const backend: unknown = typeof controller === 'function' ? Reflect.get(controller, 'backend') : undefined;
    if (!(backend instanceof AuthenticationBackend) || known.includes(backend)) return [];
    return [`the backend "${backend.name}" of createAuthController is not among the \`backends\` of setupUsers: list it there`];
  });
  if (faults.length > 0) throw new UsersSetupError(faults);
}

/** Without a list routing-controllers takes every middleware that is declared; it has to stay so when the library adds its own. */
function appMiddlewares({ middlewares }: RoutingControllersOptions): readonly (Function | string)[] {
  if (middlewares !== undefined && middlewares.length > 0) return middlewares;
  return getMetadataArgsStorage()
    .middlewares.map(({ target }) => target)
    .filter((target) => !isOwned(target));
}

/** They are classes of one app, since routing-controllers makes them without telling for which. */
function libraryMiddlewares<U extends BaseUserWithoutId>(
  { container, logger }: RoutingParts<U>,
  prefixes: readonly string[],
): Function[] {
  @Middleware({ type: 'before', priority: Number.MAX_SAFE_INTEGER })
  class ContainerOfRequest {
    use(request: Request, _response: Response, next: NextFunction): void {
      container.tag(request);
      next();
    }
  }

  @Middleware({ type: 'after', priority: Number.MIN_SAFE_INTEGER + 1 })
  class UnknownRoutes {
    use(request: Request, response: Response, next: NextFunction): void {
      const path = `${request.baseUrl}${request.path}`;
      const isOurs = prefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
      if (isOurs && !response.headersSent) sendProblem(response, new NotFoundError());
      else next();
    }
  }

  const handle = createProblemHandler(logger, asServiceError);

  @Middleware({ type: 'after', priority: Number.MIN_SAFE_INTEGER })
  class ProblemDetails {
    error(error: unknown, request: Request, response: Response, next: NextFunction): void {
      handle(error, request, response, next);
    }
  }

  for (const middleware of [ContainerOfRequest, UnknownRoutes, ProblemDetails]) container.own(middleware);
  return [...(container.isChosenByRequest() ? [ContainerOfRequest] : []), UnknownRoutes, ProblemDetails];
}

/** Where the library's controllers are mounted. */
function libraryPrefixes({ controllers, routePrefix = '' }: RoutingControllersOptions): string[] {
  const listed: ClassesOrFolders = controllers ?? [];
  const isListed = (target: Function) =>
    listed.length === 0 || listed.some((controller) => controller === target || typeof controller === 'string');
  return getMetadataArgsStorage()
    .controllers.filter(({ target }) => target.prototype instanceof LibraryController && isListed(target))
    .map(({ route }) => `${routePrefix}${route ?? ''}`);
}

/** routing-controllers reads `api` as `/api` for its routes, and mounts middlewares at `api`, where nothing comes by. */
function withSlash(prefix: string): string {
  return prefix === '' || prefix.startsWith('/') ? prefix : `/${prefix}`;
}
