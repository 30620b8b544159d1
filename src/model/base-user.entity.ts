import { Column, Index, PrimaryColumn } from 'typeorm';
import { EMAIL_MAX_LENGTH } from './email-address.js';

/** What an id may be: a UUID or another text, or an integer. */
export type UserId = string | number;

/**
 * What the library needs of a user whose id is the app's own affair:
 * `class User extends BaseUserWithoutId<number> { @PrimaryGeneratedColumn() id!: number }`.
 */
export abstract class BaseUserWithoutId<Id extends UserId = UserId> {
  abstract id: Id;

  /** The normalized address. Its column compares byte by byte on every driver, so that one address is one account. */
  @Index({ unique: true })
  @Column({ type: 'varchar', length: EMAIL_MAX_LENGTH })
  email!: string;

  /** A new address that waits for its confirmation. */
  @Column({ type: 'varchar', length: EMAIL_MAX_LENGTH, nullable: true })
  pendingEmail!: string | null;

  /** Ties the confirmation to the last request for it. Never selected. */
  @Column({ type: 'varchar', length: 43, nullable: true, select: false })
  pendingEmailStamp?: string | null;

  /** Never selected, so that no `find` of the app's can leak it. */
  @Column({ type: 'text', nullable: true, select: false })
  hashedPassword?: string | null;

  /** False for a user made by invitation or by a provider, until the first password is set. */
  @Column({ type: 'boolean', default: false })
  hasPassword!: boolean;

  @Column({ type: 'boolean', default: true })
  isActive!: boolean;

  @Column({ type: 'boolean', default: false })
  isSuperuser!: boolean;

  @Column({ type: 'boolean', default: false })
  isVerified!: boolean;

  /** Changes with the password and on deactivation; a session or a reset token of another stamp is over. Never selected. */
  @Column({ type: 'varchar', length: 43, select: false })
  securityStamp?: string;

  @Column({ type: Date, precision: 3 })
  createdAt!: Date;
}

/** A user with a UUID (version 7, made in the app, so that new rows go to the end of the index). */
export abstract class BaseUser extends BaseUserWithoutId<string> {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;
}

/** Columns that never leave the library: not in an answer, not in a hook's argument. */
export const SECRET_FIELDS = ['hashedPassword', 'securityStamp', 'pendingEmailStamp'] as const;

/** Columns that no body may set by itself; the three flags are a superuser's. */
export const MANAGED_FIELDS = [...SECRET_FIELDS, 'id', 'pendingEmail', 'hasPassword', 'createdAt'] as const;

export const FLAG_FIELDS = ['isActive', 'isSuperuser', 'isVerified'] as const;

/** Takes the secret columns off a user that was loaded with them. */
export function withoutSecrets<U extends BaseUserWithoutId>(user: U): U {
  for (const field of SECRET_FIELDS) delete user[field];
  return user;
}
