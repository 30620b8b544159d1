import assert from 'node:assert/strict';
import type { Request } from 'express';
import { Authorized, createExpressServer, Get, JsonController, useContainer } from 'routing-controllers';
import { CurrentUser, setupUsers, UsersController } from 'routing-controllers-users';
import { Container, Service } from 'typedi';
import { ask, journey, refuses, run, serve, signIn } from './journey.js';
import { openDatabase, secret, User } from './user.js';

let verifications = 0;

@Service()
@JsonController('/v1/accounts')
class AccountsController extends UsersController<User> {
  @Get('/me/greeting')
  @Authorized()
  greet(@CurrentUser() user: User): object {
    return { greeting: `Hello, ${user.email}` };
  }

  /** Overridden without a decorator: route, status and the rest stay. */
  override async requestVerifyToken(request: Request): Promise<void> {
    verifications++;
    await super.requestVerifyToken(request);
  }
}

run(async () => {
  const dataSource = await openDatabase();
  useContainer(Container);
  const users = setupUsers({ dataSource, user: User, secret, routes: { forgotPassword: false } });
  const app = createExpressServer(users.routing({ controllers: [AccountsController] }));
  const served = await serve(app);
  const url = `${served.url}/v1/accounts`;
  await journey(url);
  await refuses('GET', `${url}/me/greeting`, 401, 'UNAUTHORIZED');
  const greeting = await ask('GET', `${url}/me/greeting`, undefined, await signIn(url));
  assert.deepEqual(greeting.body, { greeting: 'Hello, ada@example.com' });
  assert.equal((await ask('POST', `${url}/request-verify-token`, { email: 'ada@example.com' })).status, 202);
  assert.equal(verifications, 1);
  await refuses('POST', `${url}/forgot-password`, 404, 'NOT_FOUND', { email: 'ada@example.com' });
  assert.equal((await ask('GET', `${served.url}/users/me`)).status, 404);
  await served.close();
  await users.close();
  await dataSource.destroy();
});
