import { ForbiddenError, UnauthorizedError } from '../http/index.js';
import type { BaseUserWithoutId } from '../model/index.js';

/**
 * routing-controllers would call an action without its user where the guard was lost on the way: it refuses by itself then.
 * @throws {@link UnauthorizedError}
 */
export function signedIn<U extends BaseUserWithoutId>(user: U | undefined): U {
  if (user === undefined) throw new UnauthorizedError();
  return user;
}

/**
 * The same for an action that is a superuser's.
 * @throws {@link UnauthorizedError}, {@link ForbiddenError}
 */
export function requireSuperuser(user: BaseUserWithoutId | undefined): void {
  if (!signedIn(user).isSuperuser) throw new ForbiddenError();
}
