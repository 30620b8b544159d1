import { getMetadataArgsStorage, type RoutingControllersOptions } from 'routing-controllers';
import { AuthenticationBackend, BUILT_IN_ROLES } from '../authentication/index.js';
import { LibraryController } from '../http/index.js';
import { closestName } from '../runtime/closest-name.js';
import { lacksMetadata } from './injection.js';

const CHECKERS = ['authorizationChecker', 'currentUserChecker'] as const;

/** What the set-up knows of, by which the options are judged. */
export interface KnownParts {
  backends: readonly unknown[];
  /** Names of the features that are on. */
  features: readonly string[];
  /** Names of the app's own roles. */
  roles: readonly string[];
  authorizationChecker: Function;
  currentUserChecker: Function;
}

/** Looks through the app's options for routing-controllers. @returns the faults, each a sentence that says what to write */
export function checkRouting({ controllers = [], ...options }: RoutingControllersOptions, known: KnownParts): string[] {
  const faults = CHECKERS.filter((name) => options[name] !== undefined && options[name] !== known[name]).map(
    (name) =>
      `leave \`${name}\` out of routing(): the library's is asked. What may be done by whom is for \`roles\` in setupUsers`,
  );
  const listed: unknown = controllers;
  if (!Array.isArray(listed)) return [...faults, '`controllers` must be a list: controllers: [UsersController, …]'];
  return [...faults, ...listed.filter((one) => typeof one === 'function').flatMap((one) => checkController(one, known))];
}

function checkController(controller: Function, { backends, features }: KnownParts): string[] {
  if (!(controller.prototype instanceof LibraryController)) return [];
  const { name } = controller;
  if (!getMetadataArgsStorage().controllers.some(({ target }) => target === controller))
    return [`${name} in \`controllers\` is no controller: decorate the class with @JsonController('/…')`];
  const backend: unknown = Reflect.get(controller, 'backend');
  // It has no keys: its login would fail at the first person who tries.
  if (backend instanceof AuthenticationBackend && !backends.includes(backend))
    return [`the backend "${backend.name}" of createAuthController is not among the \`backends\` of setupUsers: list it there`];
  const feature: unknown = Reflect.get(controller, 'feature');
  if (typeof feature === 'string' && !features.includes(feature))
    return [`${name} needs the feature ${feature}: write features: [${feature}(…)] in setupUsers`];
  return [];
}

/** What fails at a request, and may still be right: a role may be added, and typedi be told otherwise how to make the class. */
export function routingWarnings(
  { controllers = [] }: Pick<RoutingControllersOptions, 'controllers'>,
  { roles }: KnownParts,
): string[] {
  const classes = [...controllers].filter((one) => typeof one === 'function');
  return [...unknownRoles(classes, [...BUILT_IN_ROLES, ...roles]), ...lacksMetadata(classes)];
}

function unknownRoles(classes: readonly Function[], known: readonly string[]): string[] {
  return getMetadataArgsStorage()
    .responseHandlers.filter(({ type, target }) => type === 'authorized' && classes.includes(target))
    .flatMap(({ value, target, method }) =>
      [value]
        .flat()
        .filter((role) => typeof role === 'string' && !known.includes(role))
        .map((role) => {
          const meant = closestName(role, known);
          const hint = meant === undefined ? '' : ` Did you mean '${meant}'?`;
          return `@Authorized('${role}') on ${target.name}${method === undefined ? '' : `.${method}`}: there is no such role, so nobody gets in.${hint} Roles are those of \`roles\` in setupUsers`;
        }),
    );
}
