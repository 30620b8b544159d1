import { createExpressServer, useContainer } from 'routing-controllers';
import { setupUsers, UsersController, type UsersOptions, usersEntities } from 'routing-controllers-users';
import { Container } from 'typedi';
import { DataSource } from 'typeorm';
import { NotesController } from './notes.controller.js';
import { User } from './user.entity.js';

/** What a test sets otherwise than production. */
export type Otherwise = Partial<UsersOptions<User>>;

export async function makeApp(database: string, otherwise: Otherwise = {}) {
  const dataSource = new DataSource({ type: 'better-sqlite3', database, synchronize: true, entities: usersEntities(User) });
  await dataSource.initialize();
  useContainer(Container);
  const users = setupUsers({ dataSource, user: User, secret: process.env.SECRET, ...otherwise });
  const app = createExpressServer(users.routing({ controllers: [UsersController, NotesController] }));
  return { app, users, dataSource };
}
