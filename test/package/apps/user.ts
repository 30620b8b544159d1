import { BaseUser, usersEntities } from 'routing-controllers-users';
import { DataSource, Entity } from 'typeorm';

@Entity('users')
export class User extends BaseUser {}

export const secret = 'a secret of thirty-two bytes or a few more';

export function openDatabase(): Promise<DataSource> {
  const entities = usersEntities(User);
  return new DataSource({ type: 'better-sqlite3', database: ':memory:', synchronize: true, entities }).initialize();
}
