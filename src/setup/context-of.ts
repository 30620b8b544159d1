import type { BaseUserWithoutId } from '../model/index.js';
import { UsersContext } from '../users/index.js';
import type { Users } from './setup-users.js';

/** The parts of an app, for what the library builds on top of it: the test kit, the command line, OpenAPI. */
export function contextOf<U extends BaseUserWithoutId>(users: Users<U>): UsersContext<U> {
  const context: unknown = Reflect.get(users.manager, 'context');
  if (context instanceof UsersContext) return context;
  throw new TypeError('the first argument must be what setupUsers answered');
}
