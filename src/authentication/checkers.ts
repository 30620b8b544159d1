import type { Request, Response } from 'express';
import type { Action } from 'routing-controllers';
import { applyProblemHeaders, UsersError } from '../http/index.js';
import type { BaseUserWithoutId } from '../model/index.js';
import { isPromise, type MaybePromise, proceed } from '../runtime/maybe-promise.js';
import type { Authorization } from './authorization.js';
import { isUserRequired } from './current-user.js';

/** What routing-controllers asks before an action with `@Authorized(…)`. */
export type AuthorizationChecker = (action: Action, roles: unknown[]) => MaybePromise<boolean>;

/** What routing-controllers asks for a parameter with `@CurrentUser()`. */
export type CurrentUserChecker<U extends BaseUserWithoutId> = (action: Action) => MaybePromise<U | undefined>;

export function createAuthorizationChecker<U extends BaseUserWithoutId>(authorization: Authorization<U>): AuthorizationChecker {
  return (action, roles) =>
    withHeaders(action, (request) => proceed(authorization.require(request, roles.map(String)), () => true));
}

export function createCurrentUserChecker<U extends BaseUserWithoutId>(authorization: Authorization<U>): CurrentUserChecker<U> {
  return (action) =>
    withHeaders(action, (request) =>
      isUserRequired(request)
        ? proceed(authorization.require(request, []), ({ user }) => user)
        : proceed(authorization.find(request), (authentication) => authentication?.user),
    );
}

/** An app with an error handler of its own gets `WWW-Authenticate` and its kin all the same. */
function withHeaders<T>(action: Action, check: (request: Request) => MaybePromise<T>): MaybePromise<T> {
  const fail = (error: unknown): never => {
    const response: Response = action.response;
    if (error instanceof UsersError && !response.headersSent) applyProblemHeaders(response, error);
    throw error;
  };
  try {
    const answer = check(action.request);
    return isPromise(answer) ? answer.catch(fail) : answer;
  } catch (error) {
    return fail(error);
  }
}
