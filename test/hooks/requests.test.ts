import { expect } from 'chai';
import { Service } from 'typedi';
import {
  OnAfterDelete,
  OnAfterEmailChange,
  OnAfterForgotPassword,
  OnAfterLogin,
  OnAfterRegister,
  OnAfterRequestEmailChange,
  OnAfterRequestVerify,
  OnAfterResetPassword,
  OnAfterUpdate,
  OnAfterVerify,
  OnBeforeDelete,
  OnBeforeLogin,
  OnBeforeRegister,
  OnInvite,
  OnRegisterExisting,
} from '../../src/index.js';
import { Outbox } from '../../src/testing/index.js';
import { drivers } from '../support/databases.js';
import { RecordedHooks } from '../support/recorded-hooks.js';
import { emailOf, NEW_PASSWORD, PASSWORD, UsersApp } from '../support/users-app.js';

/** All hooks whose last argument is the request: each with the path of the one that it was given. */
@Service()
class Followers {
  readonly seen: string[] = [];

  @OnBeforeRegister()
  @OnAfterRegister()
  @OnRegisterExisting()
  @OnInvite()
  @OnBeforeLogin()
  @OnAfterRequestVerify()
  @OnAfterVerify()
  @OnAfterForgotPassword()
  @OnAfterResetPassword()
  @OnAfterRequestEmailChange()
  @OnAfterEmailChange()
  @OnAfterUpdate()
  @OnBeforeDelete()
  @OnAfterDelete()
  follow(...args: unknown[]) {
    const request = args.at(-1) as { originalUrl?: string } | undefined;
    this.seen.push(request?.originalUrl ?? 'no request');
  }

  @OnAfterLogin()
  followLogin(...args: unknown[]) {
    this.follow(...args.slice(0, -1));
  }
}

const [driver] = drivers;

describe('hooks are given the request that they follow', () => {
  if (driver === undefined) return;
  let app: UsersApp;
  let seen: string[];
  before(async () => {
    app = await UsersApp.start(driver, { hooks: [RecordedHooks, Outbox, Followers] });
    ({ seen } = app.container.get(Followers));
  });
  after(() => app.close());

  it('in every flow', async () => {
    const { http, outbox } = app;
    const superuser = await app.tokenOf(await app.add('sue', { isSuperuser: true }));
    const email = emailOf('ada');
    const expected: string[] = [];
    seen.length = 0;
    const ask = async (method: string, path: string, body: object, hooks: number, token?: string) => {
      const answer = await http.ask(method, path, { body, token });
      expect(answer.status, path).to.be.below(300);
      for (let index = 0; index < hooks; index += 1) expected.push(path);
      return answer.body;
    };
    await ask('POST', '/users/register', { email, password: PASSWORD }, 2);
    await ask('POST', '/users/request-verify-token', { email }, 1);
    await ask('POST', '/users/verify', { token: await outbox.token(email) }, 1);
    await ask('POST', '/users/forgot-password', { email }, 1);
    await ask('POST', '/users/reset-password', { token: await outbox.token(email), password: NEW_PASSWORD }, 1);
    const token = String((await ask('POST', '/users/login', { email, password: NEW_PASSWORD }, 2)).access_token);
    await ask('PATCH', '/users/me', { email: emailOf('ada2'), currentPassword: NEW_PASSWORD }, 2, token);
    await ask('POST', '/users/verify', { token: await outbox.token(emailOf('ada2')) }, 2);
    const made = await ask('POST', '/users', { email: emailOf('ina') }, 3, superuser);
    await ask('PATCH', `/users/${String(made.id)}`, { email: emailOf('ina2') }, 2, superuser);
    await ask('DELETE', `/users/${String(made.id)}`, {}, 2, superuser);
    await ask('DELETE', '/users/me', { currentPassword: NEW_PASSWORD }, 2, token);
    await app.users.close();
    expect(seen).to.deep.equal(expected);
  });
});
