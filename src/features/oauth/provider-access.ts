import { setTimeout as sleep } from 'node:timers/promises';
import { IsNull, LessThanOrEqual, Or } from 'typeorm';
import type { BaseUserWithoutId } from '../../model/index.js';
import type { Clock } from '../../runtime/clock.js';
import type { BaseOAuthAccount } from './oauth.entity.js';
import { OAuthProviderError } from './oauth.errors.js';
import type { OAuthAccounts } from './oauth-accounts.js';
import type { ProviderClient } from './providers/provider-client.js';
import { toOAuthError } from './providers/provider-failure.js';
import type { TokenVault } from './token-vault.js';

/** A token that ends while it is on its way is of no use. */
const SPARE_MILLISECONDS = 60_000;
/** Longer than a refresh can take; a process that dies meanwhile keeps the others waiting for no longer. */
const LEASE_MILLISECONDS = 30_000;
const POLL_MILLISECONDS = 100;

/** Gives access tokens of providers that are still good, renewed where they are not. */
export class ProviderAccess<U extends BaseUserWithoutId> {
  private readonly refreshes = new Map<string, Promise<string | null>>();

  constructor(
    private readonly clients: ReadonlyMap<string, ProviderClient>,
    private readonly accounts: OAuthAccounts<U>,
    private readonly vault: TokenVault,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns null where the user has no account there, or the provider refuses to renew its tokens
   * @throws {@link OAuthProviderError} when a refresh is due and the provider cannot be reached
   */
  async accessToken(user: U, provider: string): Promise<string | null> {
    const account = (await this.accounts.list(user.id)).findLast((one) => one.provider === provider);
    return account === undefined ? null : this.goodToken(account);
  }

  private async goodToken(account: BaseOAuthAccount): Promise<string | null> {
    if (this.isGood(account)) return this.vault.open(account).accessToken;
    const running = this.refreshes.get(account.id);
    if (running !== undefined) return running;
    const refresh = this.refresh(account).finally(() => this.refreshes.delete(account.id));
    this.refreshes.set(account.id, refresh);
    return refresh;
  }

  private isGood({ accessToken, accessTokenExpiresAt }: BaseOAuthAccount): boolean {
    if (accessToken === null) return false;
    return accessTokenExpiresAt === null || accessTokenExpiresAt.getTime() > this.clock.now().getTime() + SPARE_MILLISECONDS;
  }

  /** One process has the refresh for itself by a lease: providers that rotate refresh tokens take a second use for a theft. */
  private async refresh(account: BaseOAuthAccount): Promise<string | null> {
    const { refreshToken } = this.vault.open(account);
    const client = this.clients.get(account.provider);
    if (refreshToken === null || client === undefined) return null;
    const now = this.clock.now();
    const isFree = await this.accounts.set(
      account.id,
      { refreshLeaseUntil: new Date(now.getTime() + LEASE_MILLISECONDS) },
      {
        refreshToken: account.refreshToken,
        accessToken: account.accessToken ?? IsNull(),
        refreshLeaseUntil: Or(IsNull(), LessThanOrEqual(now)),
      },
    );
    return isFree ? this.spend(account, refreshToken, client) : this.awaitOther(account);
  }

  private async spend(account: BaseOAuthAccount, refreshToken: string, client: ProviderClient): Promise<string | null> {
    try {
      const tokens = await client.refresh(refreshToken);
      const sealed = this.vault.seal(account.provider, account.accountId, {
        ...tokens,
        refreshToken: tokens.refreshToken ?? refreshToken,
      });
      await this.accounts.set(account.id, { ...sealed, refreshLeaseUntil: null });
      return tokens.accessToken;
    } catch (failure) {
      const error = toOAuthError(failure);
      const isRefused = !(error instanceof OAuthProviderError);
      await this.accounts.set(account.id, {
        refreshLeaseUntil: null,
        ...(isRefused ? { accessToken: null, refreshToken: null } : {}),
      });
      if (isRefused) return null;
      throw error;
    }
  }

  private async awaitOther({ id, accessToken }: BaseOAuthAccount): Promise<string | null> {
    const end = Date.now() + LEASE_MILLISECONDS;
    while (Date.now() < end) {
      await sleep(POLL_MILLISECONDS);
      const account = await this.accounts.get(id);
      if (account === null) return null;
      if (account.accessToken !== accessToken || account.refreshLeaseUntil === null)
        return this.isGood(account) ? this.vault.open(account).accessToken : null;
    }
    throw new OAuthProviderError();
  }
}
