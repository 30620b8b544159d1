import { parseArgs } from 'node:util';
import { settingsOf } from './databases.js';
import { seed } from './seed.js';
import { sizesOf } from './sizes.js';

export const HELP = `npm run bench -- seed --database URL [options]
  --database URL   an empty database: postgres://… or sqlite:PATH
  --users N        1000000 unless told otherwise
  --sessions N     ten for each user unless told otherwise`;

/** Fills a database, and prints what its tables and indexes take. */
export async function seedByCommand(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      database: { type: 'string' },
      users: { type: 'string', default: '1000000' },
      sessions: { type: 'string' },
    },
  });
  if (values.database === undefined) {
    console.log(HELP);
    return;
  }
  const users = Number(values.users);
  const size = { users, sessions: Number(values.sessions ?? users * 10) };
  const database = settingsOf(values.database);
  const startedAt = performance.now();
  await seed(database, size);
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(`${size.users} users and ${size.sessions} sessions in ${seconds.toFixed(0)} s`);
  for (const { name, bytes } of await sizesOf(database)) console.log(`${(bytes / 1e6).toFixed(1).padStart(10)} MB  ${name}`);
}
