import type { NextFunction, Request, Response } from 'express';
import { getMetadataArgsStorage, Middleware, type RoutingControllersOptions } from 'routing-controllers';
import type { AuthorizationChecker, CurrentUserChecker } from '../authentication/index.js';
import { asServiceError } from '../database/index.js';
import { createProblemHandler, NotFoundError, sendProblem } from '../http/index.js';
import type { BaseUserWithoutId } from '../model/index.js';
import type { Logger } from '../runtime/logger.js';
import { UsersSetupError } from '../runtime/setup-error.js';
import { type AppContainer, isOwned } from './app-container.js';
import { checkRouting, type KnownParts, routingWarnings } from './check-routing.js';
import { LibraryPaths } from './library-paths.js';

export interface RoutingParts<U extends BaseUserWithoutId> extends KnownParts {
  container: AppContainer;
  logger: Logger;
  authorizationChecker: AuthorizationChecker;
  currentUserChecker: CurrentUserChecker<U>;
}

/**
 * Completes the options of routing-controllers: the checkers, and the library's middlewares around the app's.
 * @throws {@link UsersSetupError} for options that would not do what they say, such as a controller of a backend that the set-up does not know
 */
export function completeRouting<U extends BaseUserWithoutId>(
  parts: RoutingParts<U>,
  { routePrefix, ...rest }: RoutingControllersOptions,
): RoutingControllersOptions {
  const options = routePrefix === undefined ? rest : { ...rest, routePrefix: withSlash(routePrefix) };
  const faults = checkRouting(options, parts);
  if (faults.length > 0) throw new UsersSetupError(faults);
  for (const warning of routingWarnings(options, parts)) parts.logger.warn(warning);
  const middlewares: unknown[] = [...appMiddlewares(options), ...libraryMiddlewares(parts, new LibraryPaths(options))];
  return {
    ...options,
    // The default one closes the connection after each error, and knows no problem details.
    defaultErrorHandler: options.defaultErrorHandler ?? false,
    middlewares: middlewares as Function[],
    authorizationChecker: parts.authorizationChecker,
    currentUserChecker: parts.currentUserChecker,
  };
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
  paths: LibraryPaths,
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
      // Express answers OPTIONS by itself where there is a route.
      const isKnown = request.method === 'OPTIONS' && paths.isRoute(request);
      if (paths.isUnder(request) && !isKnown && !response.headersSent) sendProblem(response, new NotFoundError());
      else next();
    }
  }

  const handle = createProblemHandler(logger, asServiceError);

  @Middleware({ type: 'after', priority: Number.MIN_SAFE_INTEGER })
  class ErrorAnswers {
    error(error: unknown, request: Request, response: Response, next: NextFunction): void {
      handle(isBadPath(error) && paths.isUnder(request) ? new NotFoundError() : error, request, response, next);
    }
  }

  for (const middleware of [ContainerOfRequest, UnknownRoutes, ErrorAnswers]) container.own(middleware);
  return [...(container.isChosenByRequest() ? [ContainerOfRequest] : []), UnknownRoutes, ErrorAnswers];
}

/** Express' router cannot decode a part of the path, so that no route can be what was meant. */
function isBadPath(error: unknown): boolean {
  return error instanceof URIError && Reflect.get(error, 'status') === 400;
}

/** routing-controllers reads `api` as `/api` for its routes, and mounts middlewares at `api`, where nothing comes by. */
function withSlash(prefix: string): string {
  return prefix === '' || prefix.startsWith('/') ? prefix : `/${prefix}`;
}
