import { expect } from 'chai';
import { UserManager } from '../../src/index.js';
import { forEachDriver } from '../support/databases.js';
import type { User } from '../support/user.entity.js';
import { NEW_PASSWORD, PASSWORD, UsersApp } from '../support/users-app.js';

/** Has the password changed by somebody else while a second look is taken, at the first login. */
class SlowUsers extends UserManager<User> {
  override async authenticate(...args: Parameters<UserManager<User>['authenticate']>): Promise<User | null> {
    const user = await super.authenticate(...args);
    if (user !== null && args[0].password === PASSWORD) await this.setPassword(user, NEW_PASSWORD);
    return user;
  }
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

describe('POST /users/login', () => {
  forEachDriver((driver) => {
    let app: UsersApp;
    let ada: User;
    before(async () => {
      app = await UsersApp.start(driver, { loginFields: ['email', 'userName'] });
      ada = await app.add('ada', { userName: 'ada.l' });
      await app.add('ivan', { isActive: false });
      await app.add('bea', { userName: '' });
    });
    after(() => app.close());
    beforeEach(() => app.hooks.clear());

    const form = async (text: string) => {
      const response = await fetch(`${app.http.url}/users/login`, { method: 'POST', body: text, headers: FORM });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };

    it('answers a form with a bearer token that opens /me', async () => {
      const { status, body } = await form(`username=${ada.email}&password=${encodeURIComponent(PASSWORD)}&grant_type=password`);
      expect(status).to.equal(200);
      expect(body).to.include({ token_type: 'bearer', expires_in: 900 });
      const me = await app.http.get('/users/me', { token: String(body.access_token) });
      expect([me.status, me.body.email]).to.deep.equal([200, ada.email]);
    });

    it('answers JSON with username or email, in any spelling of the address', async () => {
      for (const body of [{ username: 'ADA@example.com' }, { email: ' ada@Example.com ' }]) {
        expect((await app.http.post('/users/login', { ...body, password: PASSWORD })).status).to.equal(200);
      }
    });

    it('takes null for the absent one of username and email', async () => {
      for (const body of [
        { username: 'ada@example.com', email: null },
        { username: null, email: 'ada@example.com' },
      ]) {
        expect((await app.http.post('/users/login', { ...body, password: PASSWORD })).status).to.equal(200);
      }
      expect((await app.http.post('/users/login', { username: null, email: null, password: PASSWORD })).status).to.equal(422);
      expect((await app.http.post('/users/login', { email: 'ada@example.com', password: null })).status).to.equal(422);
    });

    it('reads no field of a form in JSON and none of JSON in a form, whatever it holds', async () => {
      for (const grant of [null, 'x', {}]) {
        const body = { username: 'ada@example.com', password: PASSWORD, grant_type: grant };
        expect((await app.http.post('/users/login', body)).status).to.equal(200);
      }
      const password = encodeURIComponent(PASSWORD);
      expect((await form(`username=x&email=${ada.email}&password=${password}`)).body.code).to.equal('LOGIN_BAD_CREDENTIALS');
      expect((await form(`email=${ada.email}&password=${password}`)).status).to.equal(422);
      expect((await form(`username=${ada.email}&email=x&email=y&password=${password}`)).status).to.equal(200);
    });

    it('takes another unique column that `loginFields` names', async () => {
      expect((await app.http.post('/users/login', { username: 'ada.l', password: PASSWORD })).status).to.equal(200);
    });

    it('takes an address for its owner, whoever has it as a user name, in either order of `loginFields`', async () => {
      const other = await UsersApp.start(driver, { loginFields: ['userName', 'email'] });
      await other.add('mallory', { userName: 'vic@example.com' });
      const vic = await other.add('vic');
      const { status, body } = await other.login('vic');
      expect(status).to.equal(200);
      expect((await other.http.get('/users/me', { token: String(body.access_token) })).body.id).to.equal(vic.id);
      await other.close();
    });

    it('makes a session of each sign-in', async () => {
      const tokens = await Promise.all([app.login('ada'), app.login('ada')]);
      const ids = tokens.map(
        ({ body }) => JSON.parse(Buffer.from(String(body.access_token).split('.')[1] ?? '', 'base64url').toString()).sid,
      );
      expect(new Set(ids).size).to.equal(2);
    });

    for (const [who, credentials] of [
      ['an unknown address', { username: 'nobody@example.com', password: PASSWORD }],
      ['a wrong password', { username: 'ada@example.com', password: 'wrong' }],
      ['an inactive user', { username: 'ivan@example.com', password: PASSWORD }],
      ['an empty name', { username: '', password: PASSWORD }],
      ['an empty password', { username: 'ada@example.com', password: '' }],
      ['a name that is no text for a database', { username: 'ada\u0000', password: PASSWORD }],
    ] as const) {
      it(`answers LOGIN_BAD_CREDENTIALS to ${who}, all alike`, async () => {
        const answer = await app.http.post('/users/login', credentials);
        if (credentials.username.includes('\u0000')) expect(answer.status).to.be.oneOf([400, 422]);
        else
          expect([answer.status, answer.code, answer.body.detail]).to.deep.equal([
            400,
            'LOGIN_BAD_CREDENTIALS',
            'The address or the password is wrong.',
          ]);
      });
    }

    it('answers 422 to another grant type, the empty one too, and to a field given twice', async () => {
      const fields = `username=${ada.email}&password=x`;
      expect((await form(`${fields}&grant_type=client_credentials`)).status).to.equal(422);
      expect((await form(`${fields}&grant_type=`)).status).to.equal(422);
      expect((await form(`${fields}&password=y`)).status).to.equal(422);
      expect((await form('username=x')).status).to.equal(422);
    });

    it('answers LOGIN_BAD_CREDENTIALS to a user who is deleted meanwhile', async () => {
      const gone = await app.add('gone');
      app.hooks.deeds.set('beforeLogin', () => app.users.manager.delete(gone));
      const answer = await app.login('gone');
      expect([answer.status, answer.code]).to.deep.equal([400, 'LOGIN_BAD_CREDENTIALS']);
    });

    it('makes no session of a password that is changed before the user is signed in', async () => {
      const other = await UsersApp.start(driver, { manager: SlowUsers });
      const eve = await other.add('eve');
      const answer = await other.login('eve');
      expect((await other.http.get('/users/me', { token: String(answer.body.access_token) })).status).to.equal(401);
      expect((await other.login('eve', NEW_PASSWORD)).status).to.equal(200);
      expect(await other.users.manager.listSessions(eve)).to.have.length(1);
      await other.close();
    });

    it('runs @OnBeforeLogin after the right password, which may refuse, and @OnAfterLogin after the session', async () => {
      app.hooks.deeds.set('beforeLogin', () => {
        throw Object.assign(new Error('Not today.'), { httpCode: 403, name: 'ForbiddenError' });
      });
      await app.login('ada', 'wrong password');
      expect(app.hooks.names()).to.deep.equal([]);
      expect((await app.login('ada')).status).to.equal(403);
      expect(app.hooks.names()).to.deep.equal(['beforeLogin']);
      app.hooks.clear();
      expect((await app.login('ada')).status).to.equal(200);
      expect(app.hooks.names()).to.deep.equal(['beforeLogin', 'afterLogin']);
      expect(app.hooks.events.map(({ kind }) => kind)).to.deep.equal(['login']);
    });
  });

  describe('where verification is required', () => {
    forEachDriver((driver) => {
      let app: UsersApp;
      before(async () => {
        app = await UsersApp.start(driver, { requiresVerification: true });
      });
      after(() => app.close());

      it('answers LOGIN_USER_NOT_VERIFIED, and only to the right password', async () => {
        await app.add('una', { isVerified: false });
        expect((await app.login('una', 'wrong password')).code).to.equal('LOGIN_BAD_CREDENTIALS');
        const answer = await app.login('una');
        expect([answer.status, answer.code]).to.deep.equal([400, 'LOGIN_USER_NOT_VERIFIED']);
        expect(app.hooks.names(), 'no hook is asked of who may not sign in').to.deep.equal([]);
      });

      it('answers 403 to an unverified user everywhere but at logout', async () => {
        const token = await app.tokenOf(await app.add('uri', { isVerified: false }));
        expect((await app.http.get('/users/me', { token })).code).to.equal('FORBIDDEN');
        expect((await app.http.patch('/users/me', {}, { token })).status).to.equal(403);
        expect((await app.http.post('/users/logout', undefined, { token })).status).to.equal(204);
        expect((await app.http.get('/users/me', { token })).status).to.equal(401);
      });
    });
  });
});
