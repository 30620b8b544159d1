import { Column, type DataSource, Entity, Index, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { adaptColumns, LibraryEntity, millisecondsAsDate } from '../../database/index.js';
import { type BaseUserWithoutId, EMAIL_MAX_LENGTH, type UserClass } from '../../model/index.js';

const time = { type: 'bigint', transformer: millisecondsAsDate } as const;

/** A person's account at a provider, by which he signs in here. Who he is there is provider and subject, and never the address. */
export abstract class BaseOAuthAccount extends LibraryEntity {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  abstract user: Promise<BaseUserWithoutId>;

  /** The name that the app gave the provider. */
  @Column({ type: 'varchar', length: 64 })
  provider!: string;

  /** The provider's name for the person (`sub`), which stays when everything else about him changes. */
  @Column({ type: 'varchar', length: 255 })
  accountId!: string;

  /** The address that the provider told of last; to show, never to look up by. */
  @Column({ type: 'varchar', length: EMAIL_MAX_LENGTH, nullable: true })
  email!: string | null;

  /** Encrypted. Null where the provider refused to renew it. */
  @Column({ type: 'text', nullable: true })
  accessToken!: string | null;

  /** Encrypted. */
  @Column({ type: 'text', nullable: true })
  refreshToken!: string | null;

  /** Null where the provider did not say. */
  @Column({ ...time, nullable: true })
  accessTokenExpiresAt!: Date | null;

  /** Until when one process has the refresh for itself, so that two do not spend one refresh token. */
  @Column({ ...time, nullable: true })
  refreshLeaseUntil!: Date | null;

  @Column(time)
  createdAt!: Date;
}

/** A state or an exchange code that was used, until it would have expired anyway. */
export abstract class BaseSpentOAuthTicket extends LibraryEntity {
  @PrimaryColumn({ type: 'varchar', length: 43 })
  digest!: string;

  @Index()
  @Column(time)
  expiresAt!: Date;
}

export type OAuthAccountClass = new () => BaseOAuthAccount;
export type SpentOAuthTicketClass = new () => BaseSpentOAuthTicket;

/**
 * Makes the entities of this feature for a user class. They have no names of their own, so that the app's naming strategy decides; accounts go
 * with their user (`ON DELETE CASCADE`).
 * @example new DataSource({ …, entities: [...usersEntities(User), ...oauthEntities(User)] })
 */
export function oauthEntities(user: UserClass): [OAuthAccountClass, SpentOAuthTicketClass] {
  @Entity()
  @Unique(['provider', 'accountId'])
  class OauthAccount extends BaseOAuthAccount {
    @Index()
    @ManyToOne(() => user, { lazy: true, nullable: false, onDelete: 'CASCADE' })
    user!: Promise<BaseUserWithoutId>;

    /** TypeORM calls this once the metadata is built and before it makes tables: the moment to fit columns to the driver. */
    static override useDataSource(dataSource: DataSource | null): void {
      super.useDataSource(dataSource);
      if (dataSource !== null) adaptColumns(dataSource, OauthAccount, ['provider', 'accountId', 'email']);
    }
  }

  @Entity()
  class SpentOauthTicket extends BaseSpentOAuthTicket {
    static override useDataSource(dataSource: DataSource | null): void {
      super.useDataSource(dataSource);
      if (dataSource !== null) adaptColumns(dataSource, SpentOauthTicket, ['digest']);
    }
  }

  return [OauthAccount, SpentOauthTicket];
}

interface OAuthEntityClasses {
  accounts: OAuthAccountClass;
  spentTickets: SpentOAuthTicketClass;
}

/** The entities that were made for a user class, where the DataSource lists both. */
export function findOAuthEntities(dataSource: DataSource, user: Function): OAuthEntityClasses | undefined {
  const targets = dataSource.entityMetadatas.flatMap(({ target, relations }) =>
    typeof target === 'function' ? [{ target, relations }] : [],
  );
  const accounts = targets.find(
    ({ target, relations }) =>
      target.prototype instanceof BaseOAuthAccount &&
      relations.some(({ propertyName, type }) => propertyName === 'user' && type === user),
  );
  const spentTickets = targets.find(({ target }) => target.prototype instanceof BaseSpentOAuthTicket);
  if (accounts === undefined || spentTickets === undefined) return undefined;
  return {
    accounts: accounts.target as OAuthAccountClass,
    spentTickets: spentTickets.target as SpentOAuthTicketClass,
  };
}
