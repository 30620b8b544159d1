import { OAuthBadAnswerError } from '../oauth.errors.js';

/** What a provider gave to call its interface by. */
export interface ProviderTokens {
  accessToken: string;
  refreshToken: string | null;
  /** Null where the provider did not say. */
  expiresAt: Date | null;
}

/** A text column of MySQL holds 64 kB, encrypted. */
const longestToken = 16 * 1024;
/** Ten years. Some say "never" by the largest number that they have, and no date is that late. */
const longestLifetimeSeconds = 315_360_000;

/**
 * Takes the tokens from an answer of the token endpoint.
 * @throws {@link OAuthBadAnswerError} where one has more than 16 kB
 */
export function tokensOf(
  answer: { access_token: string; refresh_token?: string; expires_in?: number },
  now: Date,
): ProviderTokens {
  const { access_token: accessToken, refresh_token: refreshToken = null, expires_in: seconds } = answer;
  if ([accessToken, refreshToken ?? ''].some((token) => token.length > longestToken))
    throw new OAuthBadAnswerError({ cause: new Error('a token is too long') });
  const expiresAt = seconds === undefined ? null : new Date(now.getTime() + Math.min(seconds, longestLifetimeSeconds) * 1000);
  return { accessToken, refreshToken, expiresAt };
}
