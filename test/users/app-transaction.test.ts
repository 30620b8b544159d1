import { EventEmitter } from 'node:events';
import { expect } from 'chai';
import type { Request, Response } from 'express';
import type { UserManager } from '../../src/index.js';
import { forEachDriver } from '../support/databases.js';
import type { User } from '../support/user.entity.js';
import { emailOf, NEW_PASSWORD, PASSWORD, UsersApp } from '../support/users-app.js';

const codeOf = (work: Promise<unknown>) => work.then(() => 'done').catch((error: { code: string }) => error.code);

describe('a manager within a transaction of the app', () => {
  forEachDriver((driver) => {
    let app: UsersApp;
    before(async () => {
      app = await UsersApp.start(driver);
    });
    after(() => app.close());

    /** Does it within a transaction that is rolled back then. */
    const within = async (work: (users: UserManager<User>) => Promise<unknown>) => {
      const failure = new Error('undone');
      const outcome = app.dataSource.transaction(async (manager) => {
        await work(app.users.manager.withManager(manager));
        throw failure;
      });
      expect(await outcome.catch((error: unknown) => error)).to.equal(failure);
    };

    it('finds, checks and lists whom the transaction made', () =>
      within(async (users) => {
        const { id, email } = await users.create({ email: emailOf('ada'), password: PASSWORD });
        expect((await users.findById(id))?.email).to.equal(email);
        expect((await users.findByEmail('ADA@example.com'))?.id).to.equal(id);
        expect((await users.authenticate({ username: email, password: PASSWORD }))?.id).to.equal(id);
        expect((await users.list({ search: email })).items).to.have.length(1);
      }));

    it('goes by the password that the transaction set', () =>
      within(async (users) => {
        const ben = await users.create({ email: emailOf('ben'), password: PASSWORD });
        const change = (changes: Record<string, string>) => codeOf(users.updateOwn(ben, changes, { session: null }));
        expect(await change({ password: NEW_PASSWORD, currentPassword: 'wrong' })).to.equal('UPDATE_USER_BAD_CURRENT_PASSWORD');
        expect(await change({ password: NEW_PASSWORD, currentPassword: PASSWORD })).to.equal('done');
        expect(await users.authenticate({ username: ben.email, password: NEW_PASSWORD })).not.to.equal(null);
        await users.reauthenticate(ben, NEW_PASSWORD, { session: null });
      }));

    it('takes a first password by a session that the transaction made', () =>
      within(async (users) => {
        const made = { email: emailOf('cyd'), password: PASSWORD };
        const cyd = await users.createWithoutPassword(made, async () => undefined);
        expect(cyd.hasPassword).to.equal(false);
        const request = { res: new EventEmitter(), ip: '192.0.2.1', headers: {}, socket: {} } as unknown as Request;
        await users.signIn(cyd, request, { setHeader: () => undefined } as unknown as Response);
        const [session = null] = await users.listSessions(cyd);
        expect((await users.updateOwn(cyd, { password: NEW_PASSWORD }, { session })).hasPassword).to.equal(true);
      }));

    it('refuses an address that the transaction gave to somebody', () =>
      within(async (users) => {
        const dot = await users.create({ email: emailOf('dot'), password: PASSWORD });
        await users.create({ email: emailOf('dan'), password: PASSWORD });
        const changes = { email: emailOf('dan'), currentPassword: PASSWORD };
        expect(await codeOf(users.updateOwn(dot, changes, { session: null }))).to.equal('UPDATE_USER_EMAIL_ALREADY_EXISTS');
      }));

    it('takes no token that the transaction has made worthless', async () => {
      const eva = await app.add('eva', { isVerified: false });
      await app.users.manager.requestVerify(eva);
      await app.users.manager.forgotPassword(eva);
      const verify = await app.outbox.token(eva.email, 'verify');
      const reset = await app.outbox.token(eva.email, 'reset-password');
      await within(async (users) => {
        await users.update(eva, { email: emailOf('eva2') });
        expect(await codeOf(users.verify(verify))).to.equal('VERIFY_USER_BAD_TOKEN');
        expect(await codeOf(users.resetPassword(reset, 'short'))).to.equal('RESET_PASSWORD_BAD_TOKEN');
      });
      expect(await codeOf(app.users.manager.verify(verify))).to.equal('done');
    });

    it('tells nobody of what is rolled back', async () => {
      const { manager } = app.users;
      const fay = await app.add('fay', { isVerified: false });
      const gus = await app.add('gus');
      await manager.requestVerify(fay);
      await manager.forgotPassword(gus);
      await manager.updateOwn(gus, { email: emailOf('gus2'), currentPassword: PASSWORD }, { session: null });
      const change = await app.outbox.token(emailOf('gus2'), 'change-email');
      const verify = await app.outbox.token(fay.email, 'verify');
      const reset = await app.outbox.token(gus.email, 'reset-password');
      app.hooks.clear();
      await within(async (users) => users.verify(change));
      await within(async (users) => {
        await users.verify(verify);
        await users.resetPassword(reset, NEW_PASSWORD);
        expect(await codeOf(users.verify(change))).to.equal('VERIFY_USER_BAD_TOKEN');
        await users.updateOwn(fay, { email: emailOf('fay2'), currentPassword: PASSWORD }, { session: null });
        await users.reauthenticate(fay, PASSWORD, { session: null });
        await users.delete(gus);
      });
      expect(app.hooks.names()).to.deep.equal(['beforeDelete', 'duringDelete']);
      expect(app.hooks.events).to.deep.equal([]);
      expect(app.outbox.mails).to.deep.equal([]);
      expect((await manager.verify(verify)).isVerified).to.equal(true);
      expect((await manager.resetPassword(reset, NEW_PASSWORD)).id).to.equal(gus.id);
    });

    it('lets a superuser go beside another whom the transaction made', () =>
      within(async (users) => {
        const sue = await users.create({ email: emailOf('sue'), password: PASSWORD, isSuperuser: true });
        await users.create({ email: emailOf('sam'), password: PASSWORD, isSuperuser: true });
        await users.deleteOwn(sue, PASSWORD, { session: null });
        expect(await users.findById(sue.id)).to.equal(null);
      }));
  });
});
