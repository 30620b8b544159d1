import { getMetadataArgsStorage, type RoutingControllersOptions } from 'routing-controllers';
import { isPublic } from '../../authentication/index.js';
import { LibraryController } from '../../http/index.js';
import { isTurnedOff, type MountedAction, mountedActions } from '../../openapi/mounted-actions.js';
import type { UsersContext } from '../../users/index.js';

/** Knows which routes the option `routes` has turned off. */
type RoutesThatAreOn = Pick<UsersContext, 'isRouteOn'>;

/**
 * What keeps people from an action: `@Authorized(…)`; nothing, and on purpose, by `@Public()` or in the library's own routes such as login;
 * or nothing, by an oversight.
 */
export type Guard = 'authorized' | 'public' | 'library' | 'none';

export interface GuardedAction {
  verb: string;
  path: string;
  controller: string;
  method: string;
  guard: Guard;
  /** The roles of `@Authorized(…)`, all of which are asked for; null where there is no such guard. */
  roles: readonly string[] | null;
}

/**
 * All actions that routing-controllers mounts, by their path. Middlewares and routes that an app gives to Express itself are none.
 * @param routing - what `users.routing(…)` answered; null for all controllers that are declared
 */
export function guardedActions(context: RoutesThatAreOn, routing: RoutingControllersOptions | null): GuardedAction[] {
  const { controllers = [], routePrefix } = routing ?? {};
  // Of controllers by their folders the classes are loaded by now, and routing-controllers mounts all that are.
  const listed = controllers.every((controller) => typeof controller === 'function') ? controllers : [];
  return mountedActions({ controllers: listed as Function[], ...(routePrefix === undefined ? {} : { routePrefix }) })
    .filter((action) => !isTurnedOff(context, action))
    .map((action) => ({
      verb: action.verb.toUpperCase(),
      path: pathOf(action),
      controller: action.controller.name,
      method: action.method,
      guard: guardOf(action),
      roles: action.roles,
    }))
    .sort((one, other) => compare(one.path, other.path) || compare(one.verb, other.verb));
}

function guardOf({ controller, method, roles }: MountedAction): Guard {
  if (roles !== null) return 'authorized';
  if (isPublic(controller, method)) return 'public';
  return isLibraryAction(controller, method) ? 'library' : 'none';
}

/** Of a class that extends a controller of the library, what the app has added itself is not the library's. */
function isLibraryAction(controller: Function, method: string): boolean {
  let owner: unknown = controller;
  while (typeof owner === 'function' && Object.getPrototypeOf(owner) !== LibraryController) owner = Object.getPrototypeOf(owner);
  return getMetadataArgsStorage().actions.some((action) => action.target === owner && action.method === method);
}

/** A route that is a regular expression is shown as one. */
function pathOf({ controller, method, verb, path }: MountedAction): string {
  const { actions } = getMetadataArgsStorage();
  const action = actions.find((one) => one.target === controller && one.method === method && one.type === verb);
  return action?.route instanceof RegExp ? `${path === '/' ? '' : path}${action.route}` : path;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
