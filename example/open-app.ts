import { type App, type Connections, makeApp } from './app.js';
import { openDatabase } from './database.js';
import { openRedis } from './redis.js';
import { readOrMakeSecret } from './secret.js';
import { DATA_FOLDER, type Settings } from './settings.js';

/** The app, with the database and the Redis that the settings name. */
export async function openApp(settings: Settings): Promise<App & Connections> {
  const secret = settings.secret ?? (await readOrMakeSecret(DATA_FOLDER));
  const dataSource = await openDatabase(settings.databaseUrl);
  const redis = settings.redisUrl === undefined ? undefined : openRedis(settings.redisUrl);
  return { ...makeApp(settings, secret, { dataSource, redis }), dataSource, redis };
}
