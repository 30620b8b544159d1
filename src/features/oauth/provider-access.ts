import { setTimeout as sleep } from 'node:timers/promises';
import { IsNull, LessThanOrEqual, Or } from 'typeorm';
import type { BaseUserWithoutId } from '../../model/index.js';
import type { Clock } from '../../runtime/clock.js';
import { describeError } from '../../runtime/describe-error.js';
import type { Logger } from '../../runtime/logger.js';
import type { BaseOAuthAccount } from './oauth.entity.js';
import { OAuthProviderError } from './oauth.errors.js';
import type { OAuthAccounts } from './oauth-accounts.js';
import type { ProviderClient } from './providers/provider-client.js';
import { inItsWord, refusalOf } from './providers/provider-failure.js';
import type { ProviderTokens } from './providers/provider-tokens.js';
import type { TokenVault } from './token-vault.js';

/** A token that ends while it is on its way is of no use. */
const SPARE_MILLISECONDS = 60_000;
/**
 * A refresh looks the provider up, asks it by one way of sending the secret and then by the other, and fetches its keys; where those are too old
 * it looks the provider up and fetches them again.
 */
const MOST_CALLS = 6;
/** For what this process does beside. */
const LEASE_SPARE_MILLISECONDS = 5000;
const POLL_MILLISECONDS = 100;

/** Gives access tokens of providers that are still good, renewed where they are not. */
export class ProviderAccess<U extends BaseUserWithoutId> {
  private readonly refreshes = new Map<string, Promise<string | null>>();
  /** Longer than a refresh can take; a process that dies meanwhile keeps the others waiting for no longer. */
  private readonly leaseMilliseconds: number;

  constructor(
    private readonly clients: ReadonlyMap<string, ProviderClient>,
    private readonly accounts: OAuthAccounts<U>,
    private readonly vault: TokenVault,
    private readonly parts: { clock: Clock; logger: Logger; timeoutSeconds: number },
  ) {
    this.leaseMilliseconds = MOST_CALLS * parts.timeoutSeconds * 1000 + LEASE_SPARE_MILLISECONDS;
  }

  /**
   * @returns null where the user has no account there, or the provider says that its tokens are no good any more
   * @throws {@link OAuthProviderError} when a refresh is due and fails for another reason, which the log tells; it may work the next time
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
    return (
      accessTokenExpiresAt === null || accessTokenExpiresAt.getTime() > this.parts.clock.now().getTime() + SPARE_MILLISECONDS
    );
  }

  /** One process has the refresh for itself by a lease: providers that rotate refresh tokens take a second use for a theft. */
  private async refresh(account: BaseOAuthAccount): Promise<string | null> {
    const { refreshToken } = this.vault.open(account);
    const client = this.clients.get(account.provider);
    if (refreshToken === null || client === undefined) return null;
    const now = this.parts.clock.now();
    const isFree = await this.accounts.set(
      account.id,
      { refreshLeaseUntil: new Date(now.getTime() + this.leaseMilliseconds) },
      {
        refreshToken: account.refreshToken,
        accessToken: account.accessToken ?? IsNull(),
        refreshLeaseUntil: Or(IsNull(), LessThanOrEqual(now)),
      },
    );
    return isFree ? this.spend(account, refreshToken, client) : this.awaitOther(account);
  }

  private async spend(account: BaseOAuthAccount, refreshToken: string, client: ProviderClient): Promise<string | null> {
    const tokens = await this.ask(account, refreshToken, client);
    if (tokens === null) return this.forget(account);
    const kept = this.vault.seal(account.provider, account.accountId, {
      ...tokens,
      refreshToken: tokens.refreshToken ?? refreshToken,
    });
    await this.endLease(account, kept);
    return tokens.accessToken;
  }

  /** Drops tokens that the provider refuses. @returns the one that a sign-in brought while it was asked; null where there was none */
  private async forget(account: BaseOAuthAccount): Promise<string | null> {
    const refused = { accessToken: account.accessToken ?? IsNull() };
    if (await this.endLease(account, { accessToken: null, refreshToken: null }, refused)) return null;
    const newer = await this.accounts.get(account.id);
    return newer !== null && this.isGood(newer) ? this.vault.open(newer).accessToken : null;
  }

  /** Changes nothing where a sign-in has brought another refresh token since: the answer is not about that one. */
  private async endLease(
    account: BaseOAuthAccount,
    changes: Partial<BaseOAuthAccount>,
    conditions: object = {},
  ): Promise<boolean> {
    const { id, refreshToken } = account;
    return this.accounts.set(id, { ...changes, refreshLeaseUntil: null }, { ...conditions, refreshToken });
  }

  /**
   * @returns null where the provider refuses the refresh token itself. A wrong secret of the app's, or an answer that is none, says nothing of it
   * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-5.2 | RFC 6749, 5.2}
   */
  private async ask(account: BaseOAuthAccount, refreshToken: string, client: ProviderClient): Promise<ProviderTokens | null> {
    try {
      return await client.refresh(refreshToken);
    } catch (failure) {
      this.parts.logger.warn(
        `the provider "${account.provider}" did not renew a token${inItsWord(failure)}`,
        describeError(failure),
      );
      if (refusalOf(failure) === 'invalid_grant') return null;
    }
    await this.endLease(account, {});
    throw new OAuthProviderError();
  }

  private async awaitOther({ id, accessToken }: BaseOAuthAccount): Promise<string | null> {
    const end = Date.now() + this.leaseMilliseconds;
    while (Date.now() < end) {
      await sleep(POLL_MILLISECONDS);
      const account = await this.accounts.get(id);
      if (account === null || account.refreshToken === null) return null;
      if (account.accessToken !== accessToken) return this.vault.open(account).accessToken;
      if (account.refreshLeaseUntil === null) break;
    }
    throw new OAuthProviderError();
  }
}
