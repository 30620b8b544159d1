import { BaseUser } from 'routing-controllers-users';
import { Column, Entity, Index } from 'typeorm';

/** The index is the migrations' of PostgreSQL: TypeORM knows of no collations in indexes. */
@Entity('users')
@Index('users_email_search', { synchronize: false })
export class User extends BaseUser {
  @Column({ type: 'varchar', length: 50, default: '' })
  firstName!: string;
}
