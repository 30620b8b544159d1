import { Column, type DataSource, Entity, Index, ManyToOne, PrimaryColumn } from 'typeorm';
import { adaptColumns, LibraryEntity, millisecondsAsDate } from '../database/index.js';
import type { BaseUserWithoutId, UserClass } from '../model/index.js';

const time = { type: 'bigint', transformer: millisecondsAsDate } as const;

/** A sign-in, from login to logout. Access tokens name it, so that its end is theirs. */
export abstract class BaseSession extends LibraryEntity {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  abstract user: Promise<BaseUserWithoutId>;

  /** Name of the backend that made it. */
  @Column({ type: 'varchar', length: 64 })
  backend!: string;

  /** How the person signed in, by the words of RFC 8176 and some of our own, separated by spaces: `pwd`, `pwd otp`, `oauth`. */
  @Column({ type: 'varchar', length: 255 })
  amr!: string;

  /** The user's stamp at that time: when the user gets another one, the session is over. */
  @Column({ type: 'varchar', length: 43 })
  securityStamp!: string;

  /** Digest of the opaque token that names the session; null where a JWT does. */
  @Index({ unique: true })
  @Column({ type: 'varchar', length: 43, nullable: true })
  tokenDigest!: string | null;

  /** Digest of the refresh token that is good now. */
  @Column({ type: 'varchar', length: 43, nullable: true })
  refreshDigest!: string | null;

  /** Digest of the one before it, which the grace window still takes. */
  @Column({ type: 'varchar', length: 43, nullable: true })
  previousRefreshDigest!: string | null;

  @Column({ ...time, nullable: true })
  refreshedAt!: Date | null;

  /** When a password or another factor was last shown. */
  @Column(time)
  authenticatedAt!: Date;

  @Column(time)
  createdAt!: Date;

  /** Exact to a minute, so that reading costs no writing. */
  @Column(time)
  lastSeenAt!: Date;

  /** The earlier of the idle and the absolute end. */
  @Index()
  @Column(time)
  expiresAt!: Date;

  @Column(time)
  absoluteExpiresAt!: Date;

  @Column({ type: 'varchar', length: 45, nullable: true })
  ip!: string | null;

  @Column({ type: 'varchar', length: 255, nullable: true })
  userAgent!: string | null;
}

export type SessionClass = new () => BaseSession;

/**
 * Makes the entity of the sessions that belong to a user class. It has no name of its own, so that the app's naming strategy
 * decides, and goes with its user (`ON DELETE CASCADE`).
 */
export function sessionEntity(user: UserClass): SessionClass {
  @Entity()
  class UserSession extends BaseSession {
    @Index()
    @ManyToOne(() => user, { lazy: true, nullable: false, onDelete: 'CASCADE' })
    user!: Promise<BaseUserWithoutId>;

    /** TypeORM calls this once the metadata is built and before it makes tables: the moment to fit columns to the driver. */
    static override useDataSource(dataSource: DataSource | null): void {
      super.useDataSource(dataSource);
      if (dataSource === null) return;
      adaptColumns(dataSource, user, ['email', 'pendingEmail'], ['createdAt']);
      adaptColumns(dataSource, UserSession, ['securityStamp', 'tokenDigest', 'refreshDigest', 'previousRefreshDigest']);
    }
  }
  return UserSession;
}
