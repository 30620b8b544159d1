import bcrypt from 'bcrypt';
import { createTables, type DatabaseSettings } from './databases.js';
import { PASSWORD, type SeedSize } from './rows.js';
import { seedPostgres } from './seed-postgres.js';
import { seedSqlite } from './seed-sqlite.js';

const COST = 12;

/** Makes the tables in an empty database and fills them. Of a million users and ten million sessions it takes minutes. */
export async function seed(database: DatabaseSettings, size: SeedSize): Promise<void> {
  const hashedPassword = await bcrypt.hash(PASSWORD, COST);
  await createTables(database);
  if (database.type === 'postgres') await seedPostgres(database.url, size, hashedPassword);
  else seedSqlite(database.database, size, hashedPassword);
}
