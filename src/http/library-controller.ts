import { UsersSetupError } from '../runtime/setup-error.js';

const COMPLETE = 'routing-controllers-users:complete-controller';

/**
 * The base of the library's controllers. routing-controllers gives a class that extends a controller its routes and none of its guards and
 * parameters; the set-up carries these over. An heir that it has not seen is refused here, before it can answer anything.
 */
export abstract class LibraryController {
  /** @throws {@link UsersSetupError} for an heir that was declared after `routing()` was read */
  constructor() {
    if (isCompleteController(new.target)) return;
    throw new UsersSetupError([
      `${new.target.name} extends a controller of routing-controllers-users and was declared after \`users.routing()\` was called: import it before`,
    ]);
  }
}

/** Whether the class has all guards and parameters of its routes. */
export function isCompleteController(controller: Function): boolean {
  return Reflect.hasOwnMetadata(COMPLETE, controller);
}

/** Marks a class as one that has all guards and parameters of its routes: as a decorator, those of the library itself. */
export function CompleteController(): (controller: Function) => void {
  return (controller) => Reflect.defineMetadata(COMPLETE, true, controller);
}
