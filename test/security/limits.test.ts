import { expect } from 'chai';
import { drivers } from '../support/databases.js';
import { emailOf, NEW_PASSWORD, PASSWORD, tally, twentyAtOnce, UsersApp } from '../support/users-app.js';

describe('limits, over HTTP', () => {
  let app: UsersApp;
  beforeEach(async () => {
    const [driver] = drivers;
    if (driver !== undefined) app = await UsersApp.start(driver, { rateLimits: undefined });
  });
  afterEach(() => app.close());

  const spend = async (name: string, tries: number) => {
    for (let index = 0; index < tries; index += 1) await app.login(name, `wrong password ${index}`);
  };

  it('answer 429 with a true Retry-After after five wrong passwords, known account or not', async () => {
    await app.add('ada');
    for (const name of ['ada', 'nobody']) {
      await spend(name, 5);
      const answer = await app.login(name);
      expect([answer.status, answer.code], name).to.deep.equal([429, 'TOO_MANY_REQUESTS']);
      expect(Number(answer.headers['retry-after'])).to.be.within(1, 300);
    }
  });

  it('give a burst in parallel no more tries (devise CVE-2019-5421; django-allauth, audit of 2024)', async () => {
    await app.add('ben');
    const answers = await twentyAtOnce((index) => app.login('ben', `wrong password ${index}`));
    expect(tally(answers)).to.deep.equal({ '400 LOGIN_BAD_CREDENTIALS': 5, '429 TOO_MANY_REQUESTS': 15 });
  });

  it('are cleared by a good login for its own account alone (django-allauth 65.8.1)', async () => {
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
    const fay = await app.add('fay');
    const token = await app.tokenOf(fay);
    await spend('fay', 2);
    await app.http.patch('/users/me', { password: NEW_PASSWORD, currentPassword: 'wrong' }, { token });
    await app.http.post('/users/me/reauthenticate', { password: 'wrong' }, { token });
    await app.http.delete('/users/me', { token, body: { currentPassword: 'wrong' } });
    expect((await app.http.post('/users/me/reauthenticate', { password: PASSWORD }, { token })).status).to.equal(429);
  });

  it('let in who has reset his password by mail', async () => {
    const gil = await app.add('gil');
    await spend('gil', 6);
    await app.http.post('/users/forgot-password', { email: gil.email });
    const token = await app.outbox.token(gil.email);
    expect((await app.http.post('/users/reset-password', { token, password: NEW_PASSWORD })).status).to.equal(204);
    expect((await app.login('gil', NEW_PASSWORD)).status).to.equal(200);
  });

  it('hold back mails to one mailbox in silence', async () => {
    await app.add('hal');
    for (let index = 0; index < 8; index += 1) {
      expect((await app.http.post('/users/forgot-password', { email: emailOf('hal') })).status).to.equal(202);
    }
    await app.users.close();
    expect(app.outbox.mails).to.have.length(5);
  });
});
