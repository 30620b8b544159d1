import { EMAIL_MAX_LENGTH, normalizeEmail } from '../../../model/index.js';
import { OAuthBadAnswerError } from '../oauth.errors.js';
import type { Claims, ProviderAccount } from './provider.js';
import type { ProviderTokens } from './provider-tokens.js';

/** A person as a provider knows him, once all of it was checked. */
export interface Identity {
  accountId: string;
  /** In the one form in which the library keeps addresses; null where there is none. */
  email: string | null;
  isEmailVerified: boolean;
  claims: Claims;
  tokens: ProviderTokens;
}

const longestAccountId = 255;

/**
 * Takes from what a provider says what the library goes by.
 * @throws {@link OAuthBadAnswerError} without an id, or with one that databases compare in their own ways
 */
export function identityOf(account: ProviderAccount, claims: Claims, tokens: ProviderTokens): Identity {
  const { accountId: id } = account;
  const accountId = typeof id === 'number' && Number.isSafeInteger(id) ? String(id) : id;
  // MySQL compares without trailing spaces, so that two ids that differ in them would be one person.
  const isGood =
    typeof accountId === 'string' && accountId.length <= longestAccountId && /^[^\p{C}\s](?:\P{C}*[^\p{C}\s])?$/u.test(accountId);
  if (!isGood) throw new OAuthBadAnswerError({ cause: new Error('the account has no id, or an unusable one') });
  const email = normalizeEmail(account.email);
  return {
    accountId,
    email: email !== null && email.length <= EMAIL_MAX_LENGTH ? email : null,
    isEmailVerified: email !== null && account.isEmailVerified === true,
    claims,
    tokens,
  };
}
