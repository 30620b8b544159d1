import { Column, type DataSource, Entity, Index, PrimaryColumn } from 'typeorm';
import { adaptColumns, LibraryEntity, millisecondsAsDate } from '../../database/index.js';
import type { UserClass } from '../../model/index.js';

const time = { type: 'bigint', transformer: millisecondsAsDate } as const;

/**
 * Something that happened to an account. It has no foreign key: that an account was deleted is to be known after it is gone.
 */
export abstract class BaseAuditEvent extends LibraryEntity {
  /** A UUID of version 7, so that the order of the keys is that of time. */
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  /** The user's id as text; null where a sign-in named nobody who is known. */
  @Column({ type: 'varchar', length: 255, nullable: true })
  userId!: string | null;

  @Column({ type: 'varchar', length: 64 })
  kind!: string;

  @Index()
  @Column(time)
  time!: Date;

  @Column({ type: 'varchar', length: 45, nullable: true })
  ip!: string | null;

  @Column({ type: 'varchar', length: 255, nullable: true })
  userAgent!: string | null;

  /** JSON of what belongs to the kind. */
  @Column({ type: 'text', nullable: true })
  details!: string | null;

  /** The class of users that the events are of, for an app with several. */
  static readonly userClass: Function;
}

export type AuditEventClass = (new () => BaseAuditEvent) & { readonly userClass: Function };

/**
 * Makes the entity of this feature for a user class. It has no name of its own, so that the app's naming strategy decides.
 * @example new DataSource({ …, entities: [...usersEntities(User), ...auditEntities(User)] })
 */
export function auditEntities(user: UserClass): [AuditEventClass] {
  @Entity()
  @Index(['userId', 'id'])
  class AuditEvent extends BaseAuditEvent {
    static override readonly userClass = user;

    /** TypeORM calls this once the metadata is built and before it makes tables: the moment to fit columns to the driver. */
    static override useDataSource(dataSource: DataSource | null): void {
      super.useDataSource(dataSource);
      if (dataSource !== null) adaptColumns(dataSource, AuditEvent, ['userId']);
    }
  }
  return [AuditEvent];
}

/** The entity that was made for a user class, where the DataSource lists it. */
export function findAuditEntity(entityTargets: readonly unknown[], user: Function): AuditEventClass | undefined {
  return entityTargets.find((target): target is AuditEventClass => isAuditEntity(target) && target.userClass === user);
}

function isAuditEntity(target: unknown): target is AuditEventClass {
  return typeof target === 'function' && target.prototype instanceof BaseAuditEvent;
}
