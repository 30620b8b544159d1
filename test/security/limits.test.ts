import { expect } from 'chai';
import { drivers } from '../support/databases.js';
import type { Answer } from '../support/http-client.js';
import { emailOf, NEW_PASSWORD, PASSWORD, tally, twentyAtOnce, UsersApp, type UsersAppOptions } from '../support/users-app.js';

describe('limits, over HTTP', () => {
  const [driver] = drivers;
  if (driver === undefined) return;
  let app: UsersApp;
  const start = async (options: UsersAppOptions = {}, on = driver) => {
    app = await UsersApp.start(on, { rateLimits: undefined, ...options });
  };
  afterEach(() => app.close());

  const spend = async (name: string, tries: number) => {
    for (let index = 0; index < tries; index += 1) await app.login(name, `wrong password ${index}`);
  };

  it('answer 429 with a true Retry-After after five wrong passwords, known account or not', async () => {
    await start();
    await app.add('ada');
    for (const name of ['ada', 'nobody']) {
      await spend(name, 5);
      const answer = await app.login(name);
      expect([answer.status, answer.code], name).to.deep.equal([429, 'TOO_MANY_REQUESTS']);
      expect(Number(answer.headers['retry-after'])).to.be.within(1, 300);
    }
  });

  it('give a burst in parallel no more tries (devise CVE-2019-5421; django-allauth, audit of 2024)', async () => {
    await start();
    await app.add('ben');
    const answers = await twentyAtOnce((index) => app.login('ben', `wrong password ${index}`));
    expect(tally(answers)).to.deep.equal({ '400 LOGIN_BAD_CREDENTIALS': 5, '429 TOO_MANY_REQUESTS': 15 });
  });

  it('leave a newcomer his first mails, whatever strangers asked for in his name before', async () => {
    await start();
    for (let index = 0; index < 5; index += 1) {
      await app.http.post('/users/request-verify-token', { email: emailOf('nora') });
      await app.http.post('/users/forgot-password', { email: emailOf('nora') });
    }
    await app.add('nora', { isVerified: false });
    await app.http.post('/users/request-verify-token', { email: emailOf('nora') });
    await app.http.post('/users/forgot-password', { email: emailOf('nora') });
    await app.users.close();
    expect(app.hooks.names()).to.have.members(['afterRequestVerify', 'afterForgotPassword']);
  });

  it('hold an account to ten new addresses an hour, free or taken', async () => {
    await start();
    await app.add('kai');
    const lou = await app.add('lou');
    const token = await app.tokenOf(lou);
    const change = (email: string) => app.http.patch('/users/me', { email, currentPassword: PASSWORD }, { token });
    const answers = [];
    for (let index = 0; index < 10; index += 1)
      answers.push(await change(index % 2 === 0 ? emailOf('kai') : `lou${index}@example.com`));
    expect(tally(answers)).to.deep.equal({ '400 UPDATE_USER_EMAIL_ALREADY_EXISTS': 5, 200: 5 });
    for (const email of [emailOf('kai'), emailOf('lou2')]) expect((await change(email)).status).to.equal(429);
    expect((await change(lou.email)).status).to.equal(200);
    expect((await app.http.patch('/users/me', { firstName: 'Lou' }, { token })).status).to.equal(200);
  });

  it('are cleared by a good login for its own account alone (django-allauth 65.8.1)', async () => {
    await start();
    await app.add('cyd');
    await app.add('dan');
    await spend('cyd', 4);
    await spend('dan', 4);
    expect((await app.login('dan')).status).to.equal(200);
    await spend('cyd', 1);
    expect((await app.login('cyd')).status).to.equal(429);
    await spend('dan', 4);
    expect((await app.login('dan')).status).to.equal(200);
  });

  it('count by the address of the connection, whatever a header says (better-auth CVE-2026-45364, GHSA-p6v2-xcpg-h6xw; django-allauth 65.14.2)', async () => {
    await start();
    await app.add('eva');
    for (let index = 0; index < 5; index += 1) {
      const headers = { 'x-forwarded-for': `203.0.113.${index}`, forwarded: `for=203.0.113.${index}` };
      await app.http.post('/users/login', { email: emailOf('eva'), password: 'wrong password' }, { headers });
    }
    const answer = await app.http.post(
      '/users/login',
      { email: emailOf('eva'), password: PASSWORD },
      { headers: { 'x-forwarded-for': '198.51.100.1' } },
    );
    expect(answer.status).to.equal(429);
  });

  it('count wrong passwords at login, as currentPassword and for re-authentication together', async () => {
    await start();
    const fay = await app.add('fay');
    const token = await app.tokenOf(fay);
    await spend('fay', 2);
    await app.http.patch('/users/me', { password: NEW_PASSWORD, currentPassword: 'wrong' }, { token });
    await app.http.post('/users/me/reauthenticate', { password: 'wrong' }, { token });
    await app.http.delete('/users/me', { token, body: { currentPassword: 'wrong' } });
    expect((await app.http.post('/users/me/reauthenticate', { password: PASSWORD }, { token })).status).to.equal(429);
  });

  it('count the right password of who is inactive like a wrong one', async () => {
    await start();
    const ivan = await app.add('ivan', { isActive: false });
    const answers = [];
    for (let index = 0; index < 6; index += 1) answers.push((await app.login('ivan')).status);
    expect(answers).to.deep.equal([400, 400, 400, 400, 400, 429]);
    expect(await app.users.manager.authenticate({ username: ivan.email, password: PASSWORD })).to.equal(null);
  });

  it('hold back nobody who asks in code, without a request', async () => {
    await start();
    const joe = await app.add('joe');
    for (let index = 0; index < 60; index += 1) {
      expect(await app.users.manager.authenticate({ username: joe.email, password: 'wrong' })).to.equal(null);
    }
    expect((await app.login('joe')).status).to.equal(200);
    for (let index = 0; index < 12; index += 1) {
      const changes = { email: `joe${index}@example.com`, currentPassword: PASSWORD };
      await app.users.manager.updateOwn(joe, changes, { session: null });
    }
  });

  it('let in who has reset his password by mail', async () => {
    await start();
    const gil = await app.add('gil');
    await spend('gil', 6);
    await app.http.post('/users/forgot-password', { email: gil.email });
    const token = await app.outbox.token(gil.email);
    expect((await app.http.post('/users/reset-password', { token, password: NEW_PASSWORD })).status).to.equal(204);
    expect((await app.login('gil', NEW_PASSWORD)).status).to.equal(200);
  });

  describe('count what a client asks for, whether it makes sense or not, before the body is looked at', () => {
    const routes = {
      register: 'register',
      login: 'login',
      refresh: 'refresh',
      forgotPassword: 'forgot-password',
      resetPassword: 'reset-password',
      requestVerifyToken: 'request-verify-token',
      verify: 'verify',
    } as const;
    for (const [limit, path] of Object.entries(routes)) {
      it(`at /users/${path}`, async () => {
        await start({ rateLimits: { [limit]: { points: 2, durationSeconds: 60 } } });
        const ask = async (headers = {}) => (await app.http.post(`/users/${path}`, {}, { headers })).status;
        const statuses = [await ask({ 'content-type': 'text/plain' }), await ask(), await ask(), await ask()];
        expect(statuses).to.deep.equal([415, 422, 422, 429]);
      });
    }
  });

  describe('hold back mails to one mailbox in silence', () => {
    const hal = emailOf('hal');
    const concealed = { preventEnumeration: true, requiresVerification: true, dtos: {} };
    const ask = (path: string) => () => app.http.post(`/users/${path}`, { email: hal });
    const register = () => app.http.post('/users/register', { email: hal, password: PASSWORD });
    const changeTo = (token: string) =>
      app.http.patch('/users/me', { email: emailOf('nobody'), currentPassword: PASSWORD }, { token });
    const mails: [string, string, (token: string) => Promise<Answer>, UsersAppOptions?][] = [
      ['to reset a password', 'afterForgotPassword', ask('forgot-password')],
      ['to verify an address', 'afterRequestVerify', ask('request-verify-token')],
      ['to who is registered anew', 'registerExisting', register, concealed],
      ['to an address that many accounts want', 'afterRequestEmailChange', changeTo],
    ];
    for (const [what, hook, send, options] of mails) {
      it(what, async () => {
        await start(options);
        const tokens = [];
        for (let index = 0; index < 8; index += 1) tokens.push(await app.tokenOf(await app.add(`own${index}`)));
        await app.add('hal', { isVerified: false });
        for (const token of tokens) expect((await send(token)).status).to.be.oneOf([200, 202]);
        await app.users.close();
        expect(app.hooks.names().filter((name) => name === hook)).to.have.length(5);
      });
    }
  });

  describe('by known addresses', () => {
    const loginFrom = async (address: string, name: string, password: string) => {
      const sent = { headers: { 'x-forwarded-for': address } };
      return (await app.http.post('/users/login', { email: emailOf(name), password }, sent)).status;
    };
    const guessFrom = async (addresses: number, name: string) => {
      for (let index = 0; index < 5 * addresses; index += 1) {
        await loginFrom(`198.51.100.${index % addresses}`, name, `wrong password ${index}`);
      }
    };

    it('let in whoever has reset his password, whatever those do who knew the former one', async () => {
      await start({ trustProxy: true });
      const ida = await app.add('ida');
      for (let index = 0; index < 4; index += 1) await loginFrom(`198.51.100.${index}`, 'ida', PASSWORD);
      await app.http.post('/users/forgot-password', { email: ida.email });
      const body = { token: await app.outbox.token(ida.email), password: NEW_PASSWORD };
      await app.http.post('/users/reset-password', body, { headers: { 'x-forwarded-for': '192.0.2.1' } });
      await guessFrom(14, 'ida');
      expect(await loginFrom('192.0.2.1', 'ida', NEW_PASSWORD)).to.equal(200);
    });

    it('let in whoever has changed his password from where he did, whatever strangers do', async () => {
      await start({ trustProxy: true });
      const token = await app.tokenOf(await app.add('jon'));
      const changes = { password: NEW_PASSWORD, currentPassword: PASSWORD };
      await app.http.patch('/users/me', changes, { token, headers: { 'x-forwarded-for': '192.0.2.1' } });
      await guessFrom(10, 'jon');
      expect(await loginFrom('192.0.2.2', 'jon', NEW_PASSWORD)).to.equal(429);
      expect(await loginFrom('192.0.2.1', 'jon', NEW_PASSWORD)).to.equal(200);
    });
  });

  describe('with two `loginFields`', () => {
    const statusOf = async (username: string, password = 'wrong password') =>
      (await app.http.post('/users/login', { username, password })).status;

    it('tell by no name of an account whose another is', async () => {
      await start({ loginFields: ['email', 'userName'] });
      await app.add('kim', { userName: 'kim.l' });
      await app.add('leo');
      for (let index = 0; index < 5; index += 1) await statusOf('Kim.L');
      expect(await statusOf('kim.l')).to.equal(429);
      for (const name of ['kim', 'leo', 'nobody']) expect(await statusOf(emailOf(name)), name).to.equal(400);
    });

    for (const name of ['mariadb', 'mysql']) {
      const mysql = drivers.find((one) => one.name === name && one.available);
      if (mysql === undefined) continue;
      it(`count as one the spellings that are one for ${name}`, async () => {
        await start({ loginFields: ['email', 'userName'] }, mysql);
        await app.add('nia', { userName: 'nia' });
        for (const spelling of ['nia', 'níà', 'NIÄ', 'nïa', 'ñia']) expect(await statusOf(spelling), spelling).to.equal(400);
        expect(await statusOf('nìa')).to.equal(429);
      });
    }

    it('keep an account within its tries, over all of its names', async () => {
      await start({ loginFields: ['email', 'userName'], trustProxy: true });
      await app.add('mia', { userName: 'mia' });
      let failures = 0;
      for (const [round, username] of [emailOf('mia'), 'mia'].entries()) {
        for (let index = 0; index < 40; index += 1) {
          const headers = { 'x-forwarded-for': `198.51.${round}.${index}` };
          const answer = await app.http.post('/users/login', { username, password: `wrong password ${index}` }, { headers });
          if (answer.status === 400) failures += 1;
        }
      }
      expect(failures).to.equal(50);
    });

    it('give whoever holds a stolen session no new tries by a new name', async () => {
      await start({ loginFields: ['email', 'userName'] });
      const token = await app.tokenOf(await app.add('una', { userName: 'una' }));
      let failures = 0;
      for (let name = 0; name < 4; name += 1) {
        expect((await app.http.patch('/users/me', { userName: `una${name}` }, { token })).status).to.equal(200);
        for (let index = 0; index < 5; index += 1) if ((await statusOf(`una${name}`)) === 400) failures += 1;
      }
      expect(failures).to.equal(5);
    });

    it('let in whoever has reset his password, by each of his names', async () => {
      await start({ loginFields: ['email', 'userName'] });
      const zoe = await app.add('zoe', { userName: 'zoe' });
      for (const name of ['zoe', emailOf('zoe')]) for (let index = 0; index < 5; index += 1) await statusOf(name);
      await app.users.manager.forgotPassword(zoe);
      await app.http.post('/users/reset-password', { token: await app.outbox.token(zoe.email), password: NEW_PASSWORD });
      for (const name of ['zoe', emailOf('zoe')]) expect(await statusOf(name, NEW_PASSWORD), name).to.equal(200);
    });
  });
});
