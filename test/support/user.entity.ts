import { IsOptional, IsString, MaxLength } from 'class-validator';
import { Column, Entity, Index } from 'typeorm';
import { BaseUser, UserCreate, usersEntities } from '../../src/index.js';

/** The user of an app with fields of its own. */
@Entity('people')
export class User extends BaseUser {
  @Column({ type: 'varchar', length: 50, default: '' })
  firstName!: string;

  /** Unique, and nobody has to have one. */
  @Index({ unique: true })
  @Column({ type: 'varchar', length: 30, nullable: true })
  userName!: string | null;

  /** Nothing that a body holds, and nothing that is shown. */
  @Column({ type: 'varchar', length: 50, default: 'internal' })
  note!: string;
}

export class UserRegistration extends UserCreate {
  @IsOptional()
  @IsString()
  @MaxLength(50)
  firstName?: string;

  @IsOptional()
  @IsString()
  @MaxLength(30)
  userName?: string;

  /** The table has no column for it. */
  @IsOptional()
  @IsString()
  captcha?: string;
}

/** Once for all DataSources, since each call makes an entity class. */
export const userEntities = usersEntities(User);
