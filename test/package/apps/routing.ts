import assert from 'node:assert/strict';
import { Authorized, createExpressServer, Get, JsonController, useContainer } from 'routing-controllers';
import { CurrentUser, OnAfterRegister, setupUsers, UserManager, UsersController } from 'routing-controllers-users';
import { Container, Service } from 'typedi';
import { ask, journey, refuses, run, serve, signIn } from './journey.js';
import { openDatabase, secret, User } from './user.js';

const welcomed: string[] = [];

@Service()
class Mails {
  @OnAfterRegister()
  welcome(user: User): void {
    welcomed.push(user.email);
  }
}

@Service()
@JsonController('/notes')
class NotesController {
  constructor(private readonly users: UserManager<User>) {}

  @Get('/')
  @Authorized()
  async list(@CurrentUser() user: User): Promise<object> {
    const found = await this.users.findByEmail(user.email);
    return { items: [], of: found?.email };
  }
}

run(async () => {
  const dataSource = await openDatabase();
  useContainer(Container);
  const users = setupUsers({ dataSource, user: User, secret, hooks: [Mails] });
  const { url, close } = await serve(createExpressServer(users.routing({ controllers: [UsersController, NotesController] })));
  await journey(`${url}/users`);
  assert.deepEqual(welcomed, ['ada@example.com']);
  await refuses('GET', `${url}/users/a/b`, 404, 'NOT_FOUND');
  await refuses('GET', `${url}/notes`, 401, 'UNAUTHORIZED');
  const notes = await ask('GET', `${url}/notes`, undefined, await signIn(`${url}/users`));
  assert.deepEqual(notes.body, { items: [], of: 'ada@example.com' });
  await close();
  await users.close();
  await dataSource.destroy();
});
