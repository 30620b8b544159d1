import type { RoutingControllersOptions } from 'routing-controllers';
import {
  type AuthorizationChecker,
  type CurrentUserChecker,
  createAuthorizationChecker,
  createCurrentUserChecker,
} from '../authentication/index.js';
import type { BaseUserWithoutId } from '../model/index.js';
import { UsersSetupError } from '../runtime/setup-error.js';
import type { UserManager } from '../users/index.js';
import { AppContainer } from './app-container.js';
import { findSessionEntity } from './check-entities.js';
import { checkOptions } from './check-options.js';
import { Composition } from './composition.js';
import { completeControllers } from './controller-metadata.js';
import { completeRouting } from './routing.js';
import type { UsersOptions } from './users-options.js';

/** What an app gets. */
export interface Users<U extends BaseUserWithoutId, M extends UserManager<U> = UserManager<U>> {
  /** Every flow in code. The app's services get it by `constructor(private readonly users: UserManager<User>)`. */
  readonly manager: M;
  /** Completes routing-controllers' own options: the checkers, the error handler, and the metadata of controllers that were extended. */
  routing(options?: RoutingControllersOptions): RoutingControllersOptions;
  /** For options that are written by hand. Reading it completes the controllers that were extended so far. */
  readonly authorizationChecker: AuthorizationChecker;
  /** For options that are written by hand. */
  readonly currentUserChecker: CurrentUserChecker<U>;
  /** Waits for hooks that run beside their request, and lets go of timers. The DataSource stays the app's to close. */
  close(): Promise<void>;
}

/**
 * Sets the library up for one app. It does no input and output; everything is checked at once.
 * @throws {@link UsersSetupError} with all faults of the options, each a sentence that says what to write
 */
export function setupUsers<U extends BaseUserWithoutId, M extends UserManager<U> = UserManager<U>>(
  options: UsersOptions<U, M>,
): Users<U, M> {
  const faults = checkOptions(options);
  const sessionClass = faults.length === 0 ? findSessionEntity(options.dataSource, options.user) : undefined;
  if (sessionClass === undefined) throw new UsersSetupError(faults);
  const container = new AppContainer(options.container);
  container.renewStale(options.hooks ?? []);
  const composition = new Composition(options, container, sessionClass);
  const { manager, authorization, logger } = composition;
  const authorizationChecker = createAuthorizationChecker(authorization);
  const currentUserChecker = createCurrentUserChecker(authorization);
  const complete = (): void => {
    completeControllers();
    container.renewControllers();
  };
  container.renewControllers();
  return {
    manager,
    routing(routingOptions = {}) {
      complete();
      const parts = { container, logger, authorizationChecker, currentUserChecker, ...knownParts(options) };
      return completeRouting(parts, routingOptions);
    },
    get authorizationChecker() {
      complete();
      return authorizationChecker;
    },
    currentUserChecker,
    close: () => composition.close(),
  };
}

function knownParts<U extends BaseUserWithoutId, M extends UserManager<U>>(options: UsersOptions<U, M>) {
  const { backends = [], features = [], roles = {} } = options;
  return { backends, features: features.map(({ name }) => name), roles: Object.keys(roles) };
}
