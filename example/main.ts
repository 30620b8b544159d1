import { UsersSetupError } from 'routing-controllers-users';
import { HttpServer } from './http-server.js';
import { openApp } from './open-app.js';
import { readSettings } from './settings.js';
import { makeSuperuser } from './superuser.js';
import { welcome } from './welcome.js';
import { WrongSettingsError } from './wrong-settings.error.js';

async function start(): Promise<void> {
  const settings = readSettings(process.env);
  const { express, users, dataSource, redis } = await openApp(settings);
  await makeSuperuser(users.manager, settings.superuser);
  const server = new HttpServer(express);
  await server.listen(settings.port, settings.host);
  console.log(welcome(settings));

  let isStopping = false;
  const stop = async (): Promise<void> => {
    // npm hands a Ctrl-C on that the terminal has sent already.
    if (isStopping) return;
    isStopping = true;
    await server.stop();
    await users.close();
    redis?.disconnect();
    await dataSource.destroy();
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

start().catch((error: unknown) => {
  const isSetting = error instanceof WrongSettingsError || error instanceof UsersSetupError;
  console.error(isSetting ? error.message : error);
  process.exit(1);
});
