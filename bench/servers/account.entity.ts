import { Column, Entity, PrimaryColumn } from 'typeorm';
import { connection, type ServerSettings } from './serve.js';

/**
 * The columns of the library's user, in an entity that an app without the library would have written, on the same table: all
 * servers answer with the same row.
 */
@Entity('users')
export class Account {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Column({ type: 'varchar', length: 254, unique: true })
  email!: string;

  @Column({ type: 'varchar', length: 254, nullable: true })
  pendingEmail!: string | null;

  @Column({ type: 'text', nullable: true, select: false })
  hashedPassword?: string | null;

  @Column({ type: 'varchar', length: 43, select: false })
  securityStamp?: string;

  @Column({ type: 'boolean' })
  hasPassword!: boolean;

  @Column({ type: 'boolean' })
  isActive!: boolean;

  @Column({ type: 'boolean' })
  isSuperuser!: boolean;

  @Column({ type: 'boolean' })
  isVerified!: boolean;

  @Column({ type: Date, precision: 3 })
  createdAt!: Date;

  @Column({ type: 'varchar', length: 50, default: '' })
  firstName!: string;
}

/** Options of the DataSource for an app that has this entity alone. */
export function accountsOf(settings: ServerSettings) {
  return { ...connection(settings), entities: [Account] };
}
