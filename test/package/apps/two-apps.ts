import assert from 'node:assert/strict';
import { createExpressServer, useContainer } from 'routing-controllers';
import { containerPerApp, setupUsers, UsersController } from 'routing-controllers-users';
import { Container } from 'typedi';
import { ask, journey, run, serve, signIn } from './journey.js';
import { openDatabase, secret, User } from './user.js';

async function start(name: string) {
  const dataSource = await openDatabase();
  const users = setupUsers({ dataSource, user: User, secret: `${name}: ${secret}`, container: Container.of(name) });
  const { url, close } = await serve(createExpressServer(users.routing({ controllers: [UsersController] })));
  const stop = async () => {
    await close();
    await users.close();
    await dataSource.destroy();
  };
  return { url: `${url}/users`, stop };
}

/** Two apps in one process, each with its own database, secret and container. */
run(async () => {
  useContainer(containerPerApp);
  const [one, other] = [await start('one'), await start('other')];
  await Promise.all([journey(one.url), journey(other.url)]);
  const token = await signIn(one.url);
  assert.equal((await ask('GET', `${one.url}/me`, undefined, token)).status, 200);
  assert.equal((await ask('GET', `${other.url}/me`, undefined, token)).status, 401);
  await one.stop();
  await other.stop();
});
