import assert from 'node:assert/strict';
import { createExpressServer, useContainer } from 'routing-controllers';
import { setupUsers, UsersController } from 'routing-controllers-users';
import { Container } from 'typedi';
import { ask, run, serve } from './journey.js';
import { openDatabase, secret, User } from './user.js';

/** Options by hand, with routing-controllers' own error handler: another content type, the same status and fields. */
run(async () => {
  const dataSource = await openDatabase();
  useContainer(Container);
  const users = setupUsers({ dataSource, user: User, secret });
  const app = createExpressServer({
    controllers: [UsersController],
    authorizationChecker: users.authorizationChecker,
    currentUserChecker: users.currentUserChecker,
  });
  const { url, close } = await serve(app);
  const anonymous = await ask('GET', `${url}/users/me`);
  assert.deepEqual([anonymous.status, anonymous.body.code], [401, 'UNAUTHORIZED']);
  const bad = await ask('POST', `${url}/users/login`, { username: 'nobody@example.com', password: 'wrong' });
  assert.deepEqual([bad.status, bad.body.code], [400, 'LOGIN_BAD_CREDENTIALS']);
  assert.ok(!('stack' in bad.body));
  await close();
  await users.close();
  await dataSource.destroy();
});
