import { openApp } from './open-app.js';
import { readSettings } from './settings.js';

/**
 * The app without its server, for the command line, in the environment that `npm start` takes:
 * `npx rcu -s build/example/users.js user create ada@example.com --superuser`.
 */
export async function users() {
  const { express, routing, users } = await openApp(readSettings(process.env));
  return { users, routing, app: express };
}
