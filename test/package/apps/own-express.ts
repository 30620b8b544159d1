import assert from 'node:assert/strict';
import express from 'express';
import { useContainer, useExpressServer } from 'routing-controllers';
import { setupUsers, UsersController } from 'routing-controllers-users';
import { Container } from 'typedi';
import { ask, journey, run, serve } from './journey.js';
import { openDatabase, secret, User } from './user.js';

/** The app's own Express, with a body parser before everything, a prefix, and class-transformer off. */
run(async () => {
  const dataSource = await openDatabase();
  useContainer(Container);
  const users = setupUsers({ dataSource, user: User, secret });
  const app = express();
  app.use(express.json(), express.urlencoded({ extended: true }));
  useExpressServer(app, users.routing({ routePrefix: '/api', classTransformer: false, controllers: [UsersController] }));
  app.get('/own', (_request, response) => void response.json({ own: true }));
  const { url, close } = await serve(app);
  await journey(`${url}/api/users`);
  assert.deepEqual((await ask('GET', `${url}/own`)).body, { own: true });
  await close();
  await users.close();
  await dataSource.destroy();
});
