import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import type { SecurityEvent } from '../../src/index.js';
import { drivers } from '../support/databases.js';
import type { User } from '../support/user.entity.js';
import { emailOf, NEW_PASSWORD, PASSWORD, UsersApp } from '../support/users-app.js';

/** A person and what he does by, in an app that has a superuser. */
interface Scene {
  app: UsersApp;
  ada: User;
  token: string;
  /** Changes Ada as a superuser. */
  administer(changes: object): Promise<unknown>;
}

const verifyFirst = async ({ app, ada }: Scene) => {
  await app.http.post('/users/request-verify-token', { email: ada.email });
  await app.http.post('/users/verify', { token: await app.outbox.token(ada.email, 'verify') });
};
const patch = ({ app, token }: Scene, changes: object) =>
  app.http.patch('/users/me', { ...changes, currentPassword: PASSWORD }, { token });
const post = ({ app, token }: Scene, path: string, body?: object) => app.http.post(path, body, { token });

const DEEDS: [what: string, deed: (scene: Scene) => Promise<unknown>, kinds: string[]][] = [
  [
    'a registration',
    ({ app }) => app.http.post('/users/register', { email: emailOf('new'), password: PASSWORD }),
    ['registered'],
  ],
  ['a login', ({ app }) => app.login('ada'), ['login']],
  ['a wrong password', ({ app }) => app.login('ada', 'wrong'), ['login-failed']],
  ['a logout', (scene) => post(scene, '/users/logout'), ['logout']],
  ['a proof of the address', verifyFirst, ['verified']],
  ['a new password', (scene) => patch(scene, { password: NEW_PASSWORD }), ['password-changed']],
  [
    'a forgotten password, and a first proof of the address by it',
    async ({ app, ada }) => {
      await app.http.post('/users/forgot-password', { email: ada.email });
      const token = await app.outbox.token(ada.email, 'reset-password');
      await app.http.post('/users/reset-password', { token, password: NEW_PASSWORD });
    },
    ['password-reset-requested', 'password-reset', 'verified'],
  ],
  [
    'a new address, and a first proof of one by it',
    async (scene) => {
      await patch(scene, { email: emailOf('lovelace') });
      await post(scene, '/users/verify', { token: await scene.app.outbox.token(emailOf('lovelace')) });
    },
    ['email-change-requested', 'email-changed', 'verified'],
  ],
  [
    'a new address of who had proved the former one',
    async (scene) => {
      await verifyFirst(scene);
      await patch(scene, { email: emailOf('lovelace') });
      await post(scene, '/users/verify', { token: await scene.app.outbox.token(emailOf('lovelace')) });
    },
    ['verified', 'email-change-requested', 'email-changed'],
  ],
  ['an address that a superuser sets', ({ administer }) => administer({ email: emailOf('lovelace') }), ['email-changed']],
  [
    'a deactivation and its end, and nothing that changes nothing',
    async ({ administer }) => {
      for (const isActive of [true, false, false, true]) await administer({ isActive });
    },
    ['deactivated', 'reactivated'],
  ],
  [
    'a role that is given and taken',
    async ({ administer }) => {
      for (const isSuperuser of [false, true, true, false]) await administer({ isSuperuser });
    },
    ['roles-changed', 'roles-changed'],
  ],
  ['a re-authentication', (scene) => post(scene, '/users/me/reauthenticate', { password: PASSWORD }), ['reauthenticated']],
  ['one that fails', (scene) => post(scene, '/users/me/reauthenticate', { password: 'wrong' }), ['reauthentication-failed']],
  [
    'sessions that are ended, and none where there are none',
    async ({ app, ada, token }) => {
      await app.tokenOf(ada);
      for (let index = 0; index < 2; index += 1) await app.http.delete('/users/me/sessions', { token });
    },
    ['sessions-ended'],
  ],
  ['a deletion', ({ app, token }) => app.http.delete('/users/me', { token, body: { currentPassword: PASSWORD } }), ['deleted']],
];

const [driver] = drivers;

describe('security events: a feature keeps, and the app is told of', () => {
  if (driver === undefined) return;
  let app: UsersApp;
  let sue: User;
  const kept: SecurityEvent[] = [];
  before(async () => {
    const feature = { name: 'book', setUp: () => ({ onSecurityEvent: async (event: SecurityEvent) => void kept.push(event) }) };
    app = await UsersApp.start(driver, { features: [feature] });
    sue = await app.add('sue', { isSuperuser: true });
  });
  after(() => app.close());

  for (const [what, deed, kinds] of DEEDS) {
    it(`${what}: ${kinds.join(', ')}`, async () => {
      const ada = await app.add('ada', { isVerified: false });
      const token = await app.tokenOf(ada);
      const superuser = await app.tokenOf(sue);
      const administer = async (changes: object) => {
        expect((await app.http.patch(`/users/${ada.id}`, changes, { token: superuser })).status).to.equal(200);
      };
      app.hooks.clear();
      kept.length = 0;
      await deed({ app, ada, token, administer });
      await app.users.close();
      expect(app.hooks.events.map(({ kind }) => kind)).to.have.members(kinds);
      expect(kept.map(({ kind }) => kind)).to.have.members(kinds);
      for (const event of kept) expect(event).to.include({ ip: '127.0.0.1' });
      for (const { kind, userId } of kept) if (kind !== 'registered') expect(userId).to.equal(ada.id);
      if (kinds[0] === 'roles-changed')
        expect(kept.map(({ details }) => details)).to.deep.equal([{ isSuperuser: true }, { isSuperuser: false }]);
      await app.dataSource.getRepository(ada.constructor).delete({ id: ada.id });
    });
  }

  it('a deed stays done where the feature cannot keep its event, and the app is told all the same', async () => {
    const feature = {
      name: 'full',
      setUp: () => ({ onSecurityEvent: () => Promise.reject(new Error('the book is full')) }),
    };
    const full = await UsersApp.start(driver, { features: [feature] });
    expect((await full.login('nobody')).code).to.equal('LOGIN_BAD_CREDENTIALS');
    expect(full.hooks.events.map(({ kind }) => kind)).to.deep.equal(['login-failed']);
    expect(JSON.stringify(full.logger.lines))
      .to.contain('the security event login-failed could not be kept')
      .and.contain('the book is full');
    await full.close();
  });

  it('a feature is closed with the app, once its hooks are done', async () => {
    const done: string[] = [];
    const feature = { name: 'door', setUp: () => ({ close: async () => void done.push('closed') }) };
    const own = await UsersApp.start(driver, { features: [feature] });
    const ada = await own.add('ada');
    own.hooks.deeds.set('afterForgotPassword', async () => {
      await setTimeout(50);
      done.push('mailed');
    });
    await own.http.post('/users/forgot-password', { email: ada.email });
    await own.users.close();
    expect(done).to.deep.equal(['mailed', 'closed']);
    await own.close();
  });
});
