import type { Request } from 'express';
import { Service } from 'typedi';
import type { EntityManager } from 'typeorm';
import type { CredentialsChange } from '../../authentication/index.js';
import { NotFoundError } from '../../http/index.js';
import type { BaseUserWithoutId, RegisteredUser } from '../../model/index.js';
import { describeError } from '../../runtime/describe-error.js';
import type { UsersContext } from '../../users/index.js';
import type { BaseOAuthAccount } from './oauth.entity.js';
import { OAuthLastSignInMethodError } from './oauth.errors.js';
import type { OAuthAccounts } from './oauth-accounts.js';
import type { KnownProvider } from './oauth-flows.js';
import type { ProviderAccess } from './provider-access.js';
import type { TokenVault } from './token-vault.js';

/** An account at a provider, as its owner sees it. */
export interface PlainOAuthAccount {
  id: string;
  provider: string;
  /** The provider's name for the person. */
  accountId: string;
  email: string | null;
}

/** The parts that the feature puts together; typedi makes no such thing by itself, so it is a class. */
export class OAuthServiceParts<U extends BaseUserWithoutId> {
  readonly context!: UsersContext<U>;
  readonly accounts!: OAuthAccounts<U>;
  readonly vault!: TokenVault;
  readonly access!: ProviderAccess<U>;
  readonly providers!: ReadonlyMap<string, KnownProvider>;

  constructor(parts: OAuthServiceParts<U>) {
    Object.assign(this, parts);
  }
}

/** The accounts of users at providers, for the app's own services: `constructor(private readonly oauth: OAuthService<User>)`. */
@Service()
export class OAuthService<U extends BaseUserWithoutId = RegisteredUser> {
  constructor(private readonly parts: OAuthServiceParts<U>) {}

  /**
   * An access token to call the provider by in the user's name, renewed where it is about to end; several who ask at once make one request.
   * @param provider - the name that the app gave it
   * @returns null where the user has no account there, or the provider does not renew it any more: he has to sign in by it again
   * @throws {@link OAuthProviderError} when it is due for renewal and the provider is down, or refuses the app and not the person: the log says why
   */
  async accessToken(user: U, provider: string): Promise<string | null> {
    return this.parts.access.accessToken(user, provider);
  }

  /** A user's accounts, oldest first. */
  async accounts(user: U): Promise<PlainOAuthAccount[]> {
    return (await this.parts.accounts.list(user.id)).map(({ id, provider, accountId, email }) => ({
      id,
      provider,
      accountId,
      email,
    }));
  }

  /**
   * Removes an account, ends the user's sessions but the one that asked, sign-ins that are under way and open reset tokens, and tells the
   * provider where it wants to know.
   * @param options - `keepSession`: id of the session that goes on
   * @throws {@link NotFoundError} for an account that is not there or another's, {@link OAuthLastSignInMethodError}; nothing is removed then
   */
  async unlink(user: U, accountId: string, options: { keepSession?: string; request?: Request } = {}): Promise<void> {
    const { context, accounts } = this.parts;
    const { keepSession, request } = options;
    const removed = await context.transaction(async (manager) => {
      // The write locks the user's row, so that of two who remove the last two accounts at once the second sees one left.
      await context.table.update(user.id, { isActive: user.isActive }, { isActive: user.isActive }, manager);
      const owner = await context.table.find({ id: user.id }, manager);
      const owned = await accounts.list(user.id, manager);
      const account = owned.find(({ id }) => id === accountId.toLowerCase());
      if (account === undefined || owner === null) throw new NotFoundError();
      const others = owned.filter(({ id, provider }) => id !== account.id && this.parts.providers.has(provider));
      if (!owner.hasPassword && others.length === 0) throw new OAuthLastSignInMethodError();
      if (!(await accounts.delete([account.id], manager))) throw new NotFoundError();
      // Whoever signed in by it, or is about to with the stamp of before, may not be the owner.
      const stamp = context.newStamp();
      await context.table.update(user.id, { securityStamp: stamp }, {}, manager);
      await context.sessions.endAll(user.id, keepSession === undefined ? { stamp } : { except: keepSession, stamp }, manager);
      await context.events.record(this.removal(user, account, request), manager);
      return account;
    });
    await context.afterCommit(async () => {
      await context.events.announce(this.removal(user, removed, request));
      await this.revoke([removed], request);
    });
  }

  /**
   * Drops all accounts of a user who is deleted, or who has just proven a mailbox that nobody had proven before: what was attached until
   * then may be a stranger's. In the transaction of that change.
   */
  async onCredentialsChanged({ user, kind, isFirstProof }: CredentialsChange<U>, manager: EntityManager): Promise<void> {
    if (kind !== 'deleted' && isFirstProof !== true) return;
    const { context, accounts } = this.parts;
    const dropped = await accounts.list(user.id, manager);
    await accounts.delete(
      dropped.map(({ id }) => id),
      manager,
    );
    const events = kind === 'deleted' ? [] : dropped.map((account) => this.removal(user, account));
    for (const event of events) await context.events.record(event, manager);
    await context.table.database.afterCommit(manager, async () => {
      for (const event of events) await context.events.announce(event);
      await this.revoke(dropped);
    });
  }

  /** Beside the answer: a provider that is slow or down keeps nobody from leaving it. */
  private async revoke(accounts: readonly BaseOAuthAccount[], request?: Request): Promise<void> {
    const { context, vault, providers } = this.parts;
    for (const account of accounts) {
      const { accessToken, refreshToken } = vault.open(account);
      const token = refreshToken ?? accessToken;
      const client = providers.get(account.provider)?.client;
      if (token === null || client === undefined) continue;
      const work = client
        .revoke(token)
        .catch((error: unknown) =>
          context.logger.warn(`the provider "${account.provider}" did not revoke a token`, describeError(error)),
        );
      void context.hooks.afterAnswer(request, () => work);
    }
  }

  private removal(user: U, { provider }: BaseOAuthAccount, request?: Request) {
    return this.parts.context.events.make('sign-in-method-removed', user.id, request, { provider });
  }
}
