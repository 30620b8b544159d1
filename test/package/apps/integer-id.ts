import assert from 'node:assert/strict';
import { createExpressServer, useContainer } from 'routing-controllers';
import { BaseUserWithoutId, setupUsers, UsersController, usersEntities } from 'routing-controllers-users';
import { Container } from 'typedi';
import { DataSource, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { journey, run, serve } from './journey.js';
import { secret } from './user.js';

@Entity('people')
class Person extends BaseUserWithoutId<number> {
  @PrimaryGeneratedColumn()
  id!: number;
}

run(async () => {
  const entities = usersEntities(Person);
  const options = { type: 'better-sqlite3', database: ':memory:', synchronize: true, entities } as const;
  const dataSource = await new DataSource(options).initialize();
  useContainer(Container);
  const users = setupUsers({ dataSource, user: Person, secret });
  const { url, close } = await serve(createExpressServer(users.routing({ controllers: [UsersController] })));
  await journey(`${url}/users`);
  const rows: object[] = await dataSource.query('SELECT id, email FROM people');
  assert.deepEqual({ ...rows[0] }, { id: 1, email: 'ada@example.com' });
  await close();
  await users.close();
  await dataSource.destroy();
});
