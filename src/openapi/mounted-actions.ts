import { getMetadataArgsStorage, type RoutingControllersOptions } from 'routing-controllers';
import { type UsersContext, UsersController } from '../users/index.js';

/** A route that answers: which method of which class, where, and what guards it. */
export interface MountedAction {
  controller: Function;
  method: string;
  /** `get`, `post`, … */
  verb: string;
  /** As Express has it: `/users/:id`, without a slash at its end. */
  path: string;
  /** The roles of `@Authorized(…)`; null where anybody may call it. */
  roles: readonly string[] | null;
}

/** All routes that routing-controllers mounts by these options, in its own way: those that a class has from its bases included. */
export function mountedActions({ controllers = [], routePrefix = '' }: RoutingControllersOptions): MountedAction[] {
  const storage = getMetadataArgsStorage();
  const isListed = (target: Function) => controllers.length === 0 || controllers.some((controller) => controller === target);
  return storage.controllers
    .filter(({ target }) => isListed(target))
    .flatMap(({ target, route = '' }) =>
      actionsOf(target).map((action) => ({
        controller: target,
        method: action.method,
        verb: action.type,
        path: joinPath(routePrefix, route, typeof action.route === 'string' ? action.route : ''),
        roles: rolesOf(target, action.method),
      })),
    );
}

/** By the option `routes`, which names methods of UsersController: an app's own method of such a name is another one. */
export function isTurnedOff(context: Pick<UsersContext, 'isRouteOn'>, { controller, method }: MountedAction): boolean {
  const isUsers = controller === UsersController || controller.prototype instanceof UsersController;
  return isUsers && !context.isRouteOn(method);
}

/** A class' own actions first; a method that it declares anew hides that of its base. */
function actionsOf(controller: Function): { method: string; type: string; route?: string | RegExp }[] {
  const actions: { method: string; type: string; route?: string | RegExp }[] = [];
  for (let target: unknown = controller; typeof target === 'function'; target = Object.getPrototypeOf(target)) {
    const known = new Set(actions.map(({ method }) => method));
    const own = getMetadataArgsStorage().actions.filter((action) => action.target === target && !known.has(action.method));
    actions.push(...own);
  }
  return actions;
}

function rolesOf(controller: Function, method: string): readonly string[] | null {
  const guards = getMetadataArgsStorage().responseHandlers.filter(
    (handler) =>
      handler.type === 'authorized' &&
      handler.target === controller &&
      (handler.method === method || handler.method === undefined),
  );
  return guards.length === 0 ? null : guards.flatMap(({ value }) => [value ?? []].flat().map(String));
}

function joinPath(...parts: readonly string[]): string {
  const path = parts
    .map((part) => part.replace(/^\/|\/$/g, ''))
    .filter((part) => part !== '')
    .join('/');
  return `/${path}`;
}
