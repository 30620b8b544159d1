import { type EntityManager, type EntityMetadata, In, type QueryDeepPartialEntity } from 'typeorm';
import { type Database, violatedProperties } from '../../database/index.js';
import type { BaseUserWithoutId, UserId, UserTable } from '../../model/index.js';
import type { Clock } from '../../runtime/clock.js';
import type { Uuids } from '../../runtime/uuids.js';
import type { BaseOAuthAccount, OAuthAccountClass } from './oauth.entity.js';
import type { Identity } from './providers/identity.js';
import type { TokenVault } from './token-vault.js';

/** Another row has the same provider and subject: somebody was quicker. */
export class AccountConflict extends Error {}

/** Who an account belongs to, and the stamp that he had no later than it was his: a reset that drops it gives him another. */
export interface Recognized<U> {
  user: U;
  securityStamp: string;
}

/** All queries on the table of accounts. */
export class OAuthAccounts<U extends BaseUserWithoutId> {
  private readonly database: Database;
  private readonly metadata: EntityMetadata;

  constructor(
    private readonly entity: OAuthAccountClass,
    private readonly users: UserTable<U>,
    private readonly vault: TokenVault,
    private readonly parts: { clock: Clock; uuids: Uuids },
  ) {
    this.database = users.database;
    this.metadata = users.database.dataSource.getMetadata(entity);
  }

  /** The account and its user, with the stamp that was his then. */
  async find(provider: string, accountId: string): Promise<({ account: BaseOAuthAccount } & Recognized<U>) | null> {
    const account = await this.database.read((manager) =>
      manager.getRepository(this.entity).findOne({ where: { provider, accountId }, relations: { user: true } }),
    );
    if (account === null) return null;
    const recognized = await this.recognize(await account.user);
    return recognized === null ? null : { account, ...recognized };
  }

  /** The user as he is now, with his stamp. */
  async recognize({ id }: { id: UserId }, within?: EntityManager): Promise<Recognized<U> | null> {
    const found = await this.users.findWithSecrets({ id }, within);
    return found === null ? null : { user: found.user, securityStamp: found.secrets.securityStamp };
  }

  /** A user's accounts, oldest first. */
  async list(userId: UserId, within?: EntityManager): Promise<BaseOAuthAccount[]> {
    return this.database.read(
      (manager) =>
        manager.getRepository(this.entity).find({ where: { user: { id: userId } }, order: { createdAt: 'ASC', id: 'ASC' } }),
      within,
    );
  }

  async get(id: string): Promise<BaseOAuthAccount | null> {
    return this.database.read((manager) => manager.getRepository(this.entity).findOne({ where: { id } }));
  }

  /** @throws {@link AccountConflict} where the account is there already: the unique index decides, also between two at once */
  async insert(user: U, provider: string, identity: Identity, within: EntityManager): Promise<void> {
    const row = {
      id: this.parts.uuids.next(),
      user: { id: user.id },
      provider,
      accountId: identity.accountId,
      email: identity.email,
      createdAt: this.parts.clock.now(),
      ...this.vault.seal(provider, identity.accountId, identity.tokens),
    };
    try {
      await within
        .createQueryBuilder()
        .insert()
        .into(this.entity)
        .values(row as QueryDeepPartialEntity<BaseOAuthAccount>)
        .updateEntity(false)
        .execute();
    } catch (error) {
      throw violatedProperties(error, this.metadata) === null ? error : new AccountConflict();
    }
  }

  /**
   * Keeps what the provider told anew. A refresh token that it does not give again is still good; one that it gives ends the lease on that of before.
   * @returns whether the account is still there
   */
  async renew({ id, provider, accountId }: BaseOAuthAccount, { email, tokens }: Identity): Promise<boolean> {
    const { refreshToken, ...sealed } = this.vault.seal(provider, accountId, tokens);
    return this.set(id, { email, ...sealed, ...(refreshToken === null ? {} : { refreshToken, refreshLeaseUntil: null }) });
  }

  /**
   * Sets the named columns where all conditions still hold.
   * @returns whether they did, for one caller only when several race
   */
  async set(id: string, changes: Partial<BaseOAuthAccount>, conditions: object = {}): Promise<boolean> {
    const { affected } = await this.database.write((manager) =>
      manager
        .createQueryBuilder()
        .update(this.entity)
        .set(changes as QueryDeepPartialEntity<BaseOAuthAccount>)
        .where({ ...conditions, id })
        .execute(),
    );
    return affected === 1;
  }

  /** @returns whether all of them were there */
  async delete(ids: readonly string[], within: EntityManager): Promise<boolean> {
    if (ids.length === 0) return true;
    const { affected } = await this.database.write(
      (manager) =>
        manager
          .createQueryBuilder()
          .delete()
          .from(this.entity)
          .where({ id: In(ids) })
          .execute(),
      within,
    );
    return affected === ids.length;
  }
}
