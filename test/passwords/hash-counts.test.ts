import { expect } from 'chai';
import type { PasswordHasher } from '../../src/index.js';
import { FastHasher } from '../../src/testing/index.js';
import { drivers } from '../support/databases.js';
import { emailOf, NEW_PASSWORD, PASSWORD, UsersApp } from '../support/users-app.js';

/** Counts what would take a fifth of a second each. */
class CountingHasher implements PasswordHasher {
  readonly work: ('hash' | 'verify')[] = [];
  private readonly hasher = new FastHasher();

  hash(password: string): Promise<string> {
    this.work.push('hash');
    return this.hasher.hash(password);
  }

  verify(password: string, hash: string): Promise<boolean> {
    this.work.push('verify');
    return this.hasher.verify(password, hash);
  }

  recognizes(hash: string): boolean {
    return this.hasher.recognizes(hash);
  }
}

describe('hashes that a request makes', () => {
  const [driver] = drivers;
  if (driver === undefined) return;
  const hasher = new CountingHasher();
  let app: UsersApp;
  let token: string;
  let people = 0;

  before(async () => {
    app = await UsersApp.start(driver, { hashers: [hasher] });
    // Whom nobody knows is verified against a hash that is made once, at the first need.
    await app.login('nobody');
  });
  beforeEach(async () => {
    people += 1;
    token = await app.tokenOf(await app.add(`ada-${people}`));
    hasher.work.length = 0;
  });
  after(() => app.close());

  it('are none to read, to refresh and to sign out', async () => {
    await app.add('rea');
    const { body } = await app.login('rea');
    hasher.work.length = 0;
    expect((await app.http.get('/users/me', { token })).status).to.equal(200);
    expect((await app.http.patch('/users/me', { firstName: 'Ada' }, { token })).status).to.equal(200);
    expect((await app.http.post('/users/refresh', { refresh_token: body.refresh_token })).status).to.equal(200);
    expect((await app.http.post('/users/logout', undefined, { token })).status).to.equal(204);
    expect(hasher.work).to.deep.equal([]);
  });

  it('are one to register, also an address that is taken', async () => {
    const person = { email: emailOf('new'), password: PASSWORD };
    expect((await app.http.post('/users/register', person)).status).to.equal(201);
    expect(hasher.work).to.deep.equal(['hash']);
    expect((await app.http.post('/users/register', person)).status).to.equal(400);
    expect(hasher.work.length).to.be.at.most(2);
  });

  for (const [title, name, password] of [
    ['a right password', 'ada', PASSWORD],
    ['a wrong password', 'ada', 'a wrong password'],
    ['an address that nobody has', 'nobody', PASSWORD],
  ] as const) {
    it(`are one to sign in: ${title}`, async () => {
      await app.login(`${name}-${people}`, password);
      expect(hasher.work).to.deep.equal(['verify']);
    });
  }

  it('are two to change a password, one to reset it, and none to ask for that', async () => {
    const changes = { password: NEW_PASSWORD, currentPassword: PASSWORD };
    expect((await app.http.patch('/users/me', changes, { token })).status).to.equal(200);
    expect(hasher.work).to.deep.equal(['verify', 'hash']);
    const ada = await app.add('reset');
    hasher.work.length = 0;
    await app.users.manager.forgotPassword(ada);
    const reset = await app.outbox.token(ada.email, 'reset-password');
    expect(hasher.work).to.deep.equal([]);
    expect((await app.http.post('/users/reset-password', { token: reset, password: NEW_PASSWORD })).status).to.equal(204);
    expect(hasher.work).to.deep.equal(['hash']);
  });
});
