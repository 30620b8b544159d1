import { BaseUser } from 'routing-controllers-users';
import { Column, Entity } from 'typeorm';

/** The app's user, as the guide makes one. */
@Entity('users')
export class User extends BaseUser {
  @Column({ type: 'varchar', length: 50, default: '' })
  firstName!: string;
}
