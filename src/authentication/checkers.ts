import type { Response } from 'express';
import type { Action } from 'routing-controllers';
import { applyProblemHeaders, UsersError } from '../http/index.js';
import type { BaseUserWithoutId } from '../model/index.js';
import { isPromise, type MaybePromise } from '../runtime/maybe-promise.js';
import type { Authentication } from './authenticator.js';
import type { Authorization } from './authorization.js';
import { isUserRequired } from './current-user.js';

const NO_ROLES: readonly string[] = [];

/** What routing-controllers asks before an action with `@Authorized(…)`. */
export type AuthorizationChecker = (action: Action, roles: unknown[]) => MaybePromise<boolean>;

/** What routing-controllers asks for a parameter with `@CurrentUser()`. */
export type CurrentUserChecker<U extends BaseUserWithoutId> = (action: Action) => MaybePromise<U | undefined>;

export function createAuthorizationChecker<U extends BaseUserWithoutId>(authorization: Authorization<U>): AuthorizationChecker {
  return (action, roles) => {
    try {
      const granted = authorization.require(action.request, roles.length === 0 ? NO_ROLES : roles.map(String));
      return isPromise(granted)
        ? granted.then(
            () => true,
            (error: unknown) => refuse(action, error),
          )
        : true;
    } catch (error) {
      return refuse(action, error);
    }
  };
}

export function createCurrentUserChecker<U extends BaseUserWithoutId>(authorization: Authorization<U>): CurrentUserChecker<U> {
  return (action) => {
    try {
      const { request } = action;
      const found = isUserRequired(action) ? authorization.require(request, NO_ROLES) : authorization.find(request);
      return isPromise(found) ? found.then(userOf, (error: unknown) => refuse(action, error)) : userOf(found);
    } catch (error) {
      return refuse(action, error);
    }
  };
}

function userOf<U extends BaseUserWithoutId>(authentication: Authentication<U> | null): U | undefined {
  return authentication?.user;
}

/** An app with an error handler of its own gets `WWW-Authenticate` and its kin all the same. */
function refuse(action: Action, error: unknown): never {
  const response: Response = action.response;
  if (error instanceof UsersError && !response.headersSent) applyProblemHeaders(response, error);
  throw error;
}
