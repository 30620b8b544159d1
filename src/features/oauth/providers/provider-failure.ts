import type { UsersError } from '../../../http/index.js';
import { OAuthAccessDeniedError, OAuthBadAnswerError, OAuthProviderError } from '../oauth.errors.js';

/** What providers send to the callback when the person, or they for him, said no. */
const REFUSALS = new Set([
  'access_denied',
  'user_denied',
  'user_cancelled_login',
  'user_cancelled_authorize',
  'consent_required',
  'interaction_required',
  'login_required',
  'account_selection_required',
]);
const OUTAGES = new Set(['server_error', 'temporarily_unavailable']);
const deepestCause = 5;

/** The error of the library for whatever went wrong with a provider. It has no cause: that is for the log alone. */
export function toOAuthError(error: unknown): UsersError {
  const answer = errorOf(error, 'OAUTH_AUTHORIZATION_RESPONSE_ERROR');
  if (answer !== null && REFUSALS.has(answer)) return new OAuthAccessDeniedError();
  if (answer !== null && OUTAGES.has(answer)) return new OAuthProviderError();
  return causes(error).some((cause) => cause instanceof OAuthProviderError)
    ? new OAuthProviderError()
    : new OAuthBadAnswerError();
}

/** Whether the provider refused the app itself and not the person's code: a wrong secret, or one sent in the wrong way. */
export function refusesClient(error: unknown): boolean {
  return errorOf(error, 'OAUTH_RESPONSE_BODY_ERROR') === 'invalid_client' || hasStatus(error, 401);
}

/** Whether a token was signed by a key that the provider had not yet when its keys were fetched. */
export function lacksKey(error: unknown): boolean {
  return error instanceof Error && Reflect.get(error, 'code') === 'OAUTH_KEY_SELECTION_FAILED';
}

/** The word that the provider gave for its refusal, such as `invalid_client`; undefined where it gave none. */
export function refusalOf(error: unknown): string | undefined {
  const word = errorOf(error, 'OAUTH_RESPONSE_BODY_ERROR') ?? errorOf(error, 'OAUTH_AUTHORIZATION_RESPONSE_ERROR');
  return word !== null && /^\w{1,64}$/.test(word) ? word : undefined;
}

/** The same for the end of a line in the log. */
export function inItsWord(error: unknown): string {
  const refusal = refusalOf(error);
  return refusal === undefined ? '' : `: it said "${refusal}"`;
}

/** The word of the provider's own, where the failure is one that it told. Its description is not read: it may hold anything. */
function errorOf(error: unknown, code: string): string | null {
  if (!(error instanceof Error) || Reflect.get(error, 'code') !== code) return null;
  const word: unknown = Reflect.get(error, 'error');
  return typeof word === 'string' ? word : null;
}

function hasStatus(error: unknown, status: number): boolean {
  return error instanceof Error && Reflect.get(error, 'status') === status;
}

function causes(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let cause = error; cause instanceof Error && chain.length < deepestCause; cause = cause.cause) chain.push(cause);
  return chain;
}
