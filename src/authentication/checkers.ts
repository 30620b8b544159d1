import type { Request, Response } from 'express';
import type { Action } from 'routing-controllers';
import { applyProblemHeaders, UsersError } from '../http/index.js';
import type { BaseUserWithoutId } from '../model/index.js';
import type { Authorization } from './authorization.js';
import { isUserRequired } from './current-user.js';

/** What routing-controllers asks before an action with `@Authorized(…)`. */
export type AuthorizationChecker = (action: Action, roles: unknown[]) => Promise<boolean>;

/** What routing-controllers asks for a parameter with `@CurrentUser()`. */
export type CurrentUserChecker<U extends BaseUserWithoutId> = (action: Action) => Promise<U | undefined>;

export function createAuthorizationChecker<U extends BaseUserWithoutId>(authorization: Authorization<U>): AuthorizationChecker {
  return (action, roles) =>
    withHeaders(action, async (request) => {
      await authorization.require(request, roles.map(String));
      return true;
    });
}

export function createCurrentUserChecker<U extends BaseUserWithoutId>(authorization: Authorization<U>): CurrentUserChecker<U> {
  return (action) =>
    withHeaders(action, async (request) => {
      const authentication = isUserRequired(request)
        ? await authorization.require(request, [])
        : await authorization.find(request);
      return authentication?.user;
    });
}

/** An app with an error handler of its own gets `WWW-Authenticate` and its kin all the same. */
async function withHeaders<T>(action: Action, check: (request: Request) => Promise<T>): Promise<T> {
  try {
    return await check(action.request);
  } catch (error) {
    const response: Response = action.response;
    if (error instanceof UsersError && !response.headersSent) applyProblemHeaders(response, error);
    throw error;
  }
}
