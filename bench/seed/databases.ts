import { usersEntities } from 'routing-controllers-users';
import { DataSource } from 'typeorm';
import type { ServerSettings } from '../servers/serve.js';
import { User } from '../servers/user.entity.js';

export type DatabaseSettings = ServerSettings['database'];

/** Makes the tables of the library's reference set-up in an empty database. */
export async function createTables(database: DatabaseSettings): Promise<void> {
  const dataSource = await new DataSource({ ...database, entities: usersEntities(User), synchronize: true }).initialize();
  await dataSource.destroy();
}

/** @param url - `sqlite:PATH` or `postgres://…` */
export function settingsOf(url: string): DatabaseSettings {
  if (url.startsWith('sqlite:')) {
    return { type: 'better-sqlite3', database: url.slice('sqlite:'.length), enableWAL: true };
  }
  return { type: 'postgres', url };
}
