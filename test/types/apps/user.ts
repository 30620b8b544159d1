import { IsOptional, IsString, MaxLength } from 'class-validator';
import { BaseUser, BaseUserWithoutId, UserCreate, UserUpdate } from 'routing-controllers-users';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

@Entity('users')
export class User extends BaseUser {
  @Column({ type: 'varchar', default: '' })
  firstName!: string;
}

/** An integer in place of the UUID. */
@Entity('people')
export class Person extends BaseUserWithoutId<number> {
  @PrimaryGeneratedColumn()
  id!: number;
}

export class UserRegistration extends UserCreate {
  @IsOptional()
  @IsString()
  @MaxLength(50)
  firstName?: string;
}

export class UserChange extends UserUpdate {
  @IsOptional()
  @IsString()
  firstName?: string;
}

export class BadId extends BaseUserWithoutId<number> {
  // @ts-expect-error the id is said to be a number
  id!: string;
}

// @ts-expect-error an id is a text or a number
export abstract class DateAsId extends BaseUserWithoutId<Date> {}
