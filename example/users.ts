import { makeApp } from './app.js';
import { openDatabase } from './database.js';
import { openRedis } from './redis.js';
import { readOrMakeSecret } from './secret.js';
import { DATA_FOLDER, readSettings } from './settings.js';

/**
 * The app without its server, for the command line, in the environment that `npm start` takes:
 * `npx rcu -s build/example/users.js user create ada@example.com --superuser`.
 */
export async function users() {
  const settings = readSettings(process.env);
  const secret = settings.secret ?? (await readOrMakeSecret(DATA_FOLDER));
  const dataSource = await openDatabase(settings.databaseUrl);
  const redis = settings.redisUrl === undefined ? undefined : openRedis(settings.redisUrl);
  const { express, routing, users } = makeApp(settings, secret, { dataSource, redis });
  return { users, routing, app: express };
}
