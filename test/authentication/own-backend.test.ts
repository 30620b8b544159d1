import { expect } from 'chai';
import type { Request, Response } from 'express';
import {
  AuthenticationBackend,
  type AuthenticationStrategy,
  type AuthenticationTransport,
  type UserLookup,
} from '../../src/index.js';
import { databaseBackends } from '../support/backends.js';
import type { Answer } from '../support/http-client.js';
import type { Member } from '../support/member.entity.js';
import { SignInApp } from '../support/sign-in-app.js';
import { emailOf, PASSWORD } from '../support/sign-in-client.js';

/** An API key in a header. */
class ApiKeyTransport implements AuthenticationTransport {
  readToken(request: Request): string | null {
    const key = request.headers['x-api-key'];
    return typeof key === 'string' ? key : null;
  }

  sendLogin(_response: Response, { accessToken }: { accessToken: string }): object {
    return { api_key: accessToken };
  }

  sendLogout(): void {
    // The key is the client's to forget.
  }
}

/** Keys of the app's own, without sessions. */
class ApiKeyStrategy implements AuthenticationStrategy<Member> {
  readonly owners = new Map<string, string>();

  async readToken(token: string, users: UserLookup<Member>): Promise<Member | null> {
    if (token === 'down') throw new Error('the store of keys is down');
    const email = this.owners.get(token);
    return email === undefined ? null : users.findByEmail(email);
  }

  async writeToken(user: Member): Promise<string> {
    const key = `key of ${user.email}`;
    this.owners.set(key, user.email);
    return key;
  }

  async destroyToken(token: string): Promise<void> {
    this.owners.delete(token);
  }
}

describe('a transport and a strategy of the app’s own: an API key in a header, without a session', () => {
  let app: SignInApp;
  let strategy: ApiKeyStrategy;

  beforeEach(async () => {
    strategy = new ApiKeyStrategy();
    const backend = new AuthenticationBackend<Member>({ name: 'key', transport: new ApiKeyTransport(), strategy });
    app = await SignInApp.start(
      { type: 'better-sqlite3', database: ':memory:', enableWAL: true },
      { backends: [...databaseBackends(), backend] },
    );
    await app.add('ada');
    strategy.owners.set('secret', emailOf('ada'));
  });

  afterEach(() => app.close());

  function ask(method: string, path: string, key: string, body?: object): Promise<Answer> {
    return app.http.ask(method, path, { headers: { 'x-api-key': key }, body });
  }

  it('authenticates', async () => {
    expect((await ask('GET', '/users/me', 'secret')).body.email).to.equal(emailOf('ada'));
    expect((await ask('GET', '/things', 'secret')).status).to.equal(200);
    expect((await ask('GET', '/things', 'wrong')).status).to.equal(401);
  });

  it('signs in and out by its own means', async () => {
    const { body } = await app.http.post('/auth/key/login', { email: emailOf('ada'), password: PASSWORD });
    expect(body).to.deep.equal({ api_key: `key of ${emailOf('ada')}` });
    expect((await ask('GET', '/things', `key of ${emailOf('ada')}`)).status).to.equal(200);
    expect((await ask('POST', '/auth/key/logout', `key of ${emailOf('ada')}`)).status).to.equal(204);
    expect((await ask('GET', '/things', `key of ${emailOf('ada')}`)).status).to.equal(401);
  });

  it('passes the checks of the gate: nobody inactive, nobody deleted', async () => {
    const ada = await app.users.manager.findByEmail(emailOf('ada'));
    if (ada === null) throw new Error('there is no Ada');
    await app.users.manager.update(ada, { isActive: false });
    expect((await ask('GET', '/things', 'secret')).status).to.equal(401);
    await app.users.manager.delete(ada);
    expect((await ask('GET', '/things', 'secret')).status).to.equal(401);
  });

  it('lets nobody in who has yet to verify his address, where that is required', async () => {
    await app.close();
    const backend = new AuthenticationBackend<Member>({ name: 'key', transport: new ApiKeyTransport(), strategy });
    app = await SignInApp.start(
      { type: 'better-sqlite3', database: ':memory:', enableWAL: true },
      { backends: [backend], requiresVerification: true },
    );
    await app.add('ada', { isVerified: false });
    const answer = await ask('GET', '/things', 'secret');
    expect([answer.status, answer.code]).to.deep.equal([403, 'FORBIDDEN']);
  });

  it('is never fresh, also after the password was shown', async () => {
    expect((await ask('POST', '/things/fresh', 'secret', {})).code).to.equal('REAUTHENTICATION_REQUIRED');
    expect((await ask('POST', '/users/me/reauthenticate', 'secret', { password: PASSWORD })).status).to.equal(204);
    expect((await ask('POST', '/things/fresh', 'secret', {})).code).to.equal('REAUTHENTICATION_REQUIRED');
  });

  it('sees the sessions of its user, none of which is the current one, and may end them', async () => {
    const signedIn = await app.signIn('ada', 'jwt');
    const { body } = await ask('GET', '/users/me/sessions', 'secret');
    expect((body.items as { current: boolean }[]).map(({ current }) => current)).to.deep.equal([false]);
    expect((await ask('DELETE', '/users/me/sessions', 'secret')).status).to.equal(204);
    expect(await app.me(signedIn)).to.equal(401);
    expect((await ask('GET', '/things', 'secret')).status).to.equal(200);
  });

  it('lets nobody in when its store fails, and tells nothing of the cause', async () => {
    const answer = await ask('GET', '/things', 'down');
    expect([answer.status, answer.code]).to.deep.equal([500, 'INTERNAL_ERROR']);
    expect(JSON.stringify(answer.body)).to.not.include('store of keys');
    expect(app.logger.lines.flat().join()).to.include('GET /things failed');
  });
});
