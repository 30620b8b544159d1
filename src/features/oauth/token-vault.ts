import type { Encryption } from '../../tokens/index.js';
import type { BaseOAuthAccount } from './oauth.entity.js';
import type { ProviderTokens } from './providers/provider-tokens.js';

/** Encrypts the tokens of providers for the table. Each is bound to its account and its column, so that a copied value opens nothing. */
export class TokenVault {
  constructor(private readonly encryption: Encryption) {}

  seal(
    provider: string,
    accountId: string,
    { accessToken, refreshToken, expiresAt }: ProviderTokens,
  ): Pick<BaseOAuthAccount, 'accessToken' | 'refreshToken' | 'accessTokenExpiresAt'> {
    return {
      accessToken: this.encryption.encrypt(accessToken, contextOf(provider, accountId, 'access')),
      refreshToken:
        refreshToken === null ? null : this.encryption.encrypt(refreshToken, contextOf(provider, accountId, 'refresh')),
      accessTokenExpiresAt: expiresAt,
    };
  }

  /** The tokens of an account; null for one that is not there, or whose secret was rotated out. */
  open(account: BaseOAuthAccount): { accessToken: string | null; refreshToken: string | null } {
    const open = (text: string | null, kind: 'access' | 'refresh'): string | null =>
      text === null ? null : this.encryption.decrypt(text, contextOf(account.provider, account.accountId, kind));
    return { accessToken: open(account.accessToken, 'access'), refreshToken: open(account.refreshToken, 'refresh') };
  }
}

function contextOf(provider: string, accountId: string, kind: string): string {
  return JSON.stringify(['oauth', provider, accountId, kind]);
}
