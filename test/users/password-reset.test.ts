import { expect } from 'chai';
import { forEachDriver } from '../support/databases.js';
import { meetingOf } from '../support/meeting.js';
import { User } from '../support/user.entity.js';
import { emailOf, NEW_PASSWORD, PASSWORD, tally, twentyAtOnce, UsersApp } from '../support/users-app.js';

describe('forgotten passwords', () => {
  forEachDriver((driver) => {
    let app: UsersApp;
    before(async () => {
      app = await UsersApp.start(driver);
    });
    after(() => app.close());
    beforeEach(() => app.hooks.clear());

    const forgot = (email: string) => app.http.post('/users/forgot-password', { email });
    const reset = (token: unknown, password: unknown = NEW_PASSWORD) =>
      app.http.post('/users/reset-password', { token, password });
    const tokenFor = async (user: User) => {
      await forgot(user.email);
      return app.outbox.token(user.email, 'reset-password');
    };

    describe('POST /users/forgot-password', () => {
      it('answers 202 to everybody, and mails active users alone, to the stored address', async () => {
        await app.add('ada');
        await app.add('ivan', { isActive: false });
        for (const email of ['ADA@example.com', emailOf('ivan'), emailOf('nobody')]) {
          const answer = await forgot(email);
          expect([answer.status, answer.body]).to.deep.equal([202, {}]);
        }
        await app.users.close();
        expect(app.outbox.mails.map(({ to }) => to)).to.deep.equal([emailOf('ada')]);
        app.outbox.clear();
      });

      it('answers before a slow mail server does', async () => {
        const ben = await app.add('ben');
        let finish = (): void => undefined;
        const slow = new Promise<void>((resolve) => (finish = resolve));
        app.hooks.deeds.set('afterForgotPassword', () => slow);
        expect((await forgot(ben.email)).status).to.equal(202);
        expect(app.outbox.mails).to.deep.equal([]);
        finish();
        await app.outbox.token(ben.email, 'reset-password');
      });
    });

    describe('POST /users/reset-password', () => {
      it('answers 204, changes the password, and ends every session', async () => {
        const cyd = await app.add('cyd');
        const session = await app.tokenOf(cyd);
        expect((await reset(await tokenFor(cyd))).status).to.equal(204);
        expect((await app.http.get('/users/me', { token: session })).status).to.equal(401);
        expect((await app.login('cyd')).code).to.equal('LOGIN_BAD_CREDENTIALS');
        expect((await app.login('cyd', NEW_PASSWORD)).status).to.equal(200);
      });

      it('verifies a mailbox that never was', async () => {
        const dot = await app.add('dot', { isVerified: false });
        await reset(await tokenFor(dot));
        expect((await app.users.manager.getById(dot.id)).isVerified).to.equal(true);
        const afterwards = () => app.hooks.names().filter((name) => name !== 'afterForgotPassword');
        expect(afterwards()).to.deep.equal(['afterResetPassword', 'afterVerify']);
        app.hooks.clear();
        await reset(await tokenFor(dot));
        expect(afterwards()).to.deep.equal(['afterResetPassword']);
      });

      it('drops an address that waits for its confirmation, with the token that went there', async () => {
        const flo = await app.add('flo');
        const session = await app.tokenOf(flo);
        const change = { email: emailOf('thief'), currentPassword: PASSWORD };
        await app.http.patch('/users/me', change, { token: session });
        const pending = await app.outbox.token(emailOf('thief'), 'change-email');
        await reset(await tokenFor(flo));
        expect((await app.http.post('/users/verify', { token: pending })).code).to.equal('VERIFY_USER_BAD_TOKEN');
        const row = await app.row(flo.id);
        expect([row.email, row.pendingEmail, row.pendingEmailStamp]).to.deep.equal([flo.email, null, null]);
        expect(app.hooks.last('afterResetPassword')[0]).to.include({ pendingEmail: null, hasPassword: true });
      });

      it('answers RESET_PASSWORD_BAD_TOKEN when the token was used', async () => {
        const eva = await app.add('eva');
        const token = await tokenFor(eva);
        await reset(token);
        expect((await reset(token)).code).to.equal('RESET_PASSWORD_BAD_TOKEN');
      });

      it('lets one of twenty racing requests win, with its password', async () => {
        const fay = await app.add('fay');
        const token = await tokenFor(fay);
        app.hooks.deeds.set('validatePassword', meetingOf(20));
        const answers = await twentyAtOnce((index) => reset(token, `${NEW_PASSWORD} ${index}`));
        expect(tally(answers)).to.deep.equal({ 204: 1, '400 RESET_PASSWORD_BAD_TOKEN': 19 });
        const winner = answers.findIndex(({ status }) => status === 204);
        expect((await app.login('fay', `${NEW_PASSWORD} ${winner}`)).status).to.equal(200);
      });

      it('leaves the token good when the password is refused', async () => {
        const gil = await app.add('gil');
        const token = await tokenFor(gil);
        const answer = await reset(token, 'short');
        expect([answer.status, answer.code]).to.deep.equal([400, 'RESET_PASSWORD_INVALID_PASSWORD']);
        expect((await reset(token, gil.email)).code).to.equal('RESET_PASSWORD_INVALID_PASSWORD');
        expect((await reset(token)).status).to.equal(204);
      });

      it('judges the token before the password', async () => {
        expect((await reset('bad', 'short')).code).to.equal('RESET_PASSWORD_BAD_TOKEN');
      });

      it('answers RESET_PASSWORD_BAD_TOKEN after a new password, a new address, deactivation, deletion, and an hour', async () => {
        const deeds: [string, (user: User) => Promise<unknown>][] = [
          ['hal', (user) => app.users.manager.setPassword(user, 'a third long password')],
          ['ida', (user) => app.users.manager.update(user, { email: emailOf('ida2') })],
          ['jon', (user) => app.users.manager.update(user, { isActive: false })],
          ['kay', (user) => app.users.manager.delete(user)],
          ['leo', async () => app.clock.advance({ hours: 1, seconds: 1 })],
        ];
        for (const [name, deed] of deeds) {
          const user = await app.add(name);
          const token = await tokenFor(user);
          await deed(user);
          expect((await reset(token)).code, name).to.equal('RESET_PASSWORD_BAD_TOKEN');
        }
      });

      it('answers RESET_PASSWORD_BAD_TOKEN where the password, the address or the account goes while the request is under way', async () => {
        const deeds: [string, (user: User) => Promise<unknown>][] = [
          ['nia', (user) => app.users.manager.setPassword(user, 'a third long password')],
          ['oda', (user) => app.users.manager.update(user, { email: emailOf('oda2') })],
          ['pam', (user) => app.dataSource.getRepository(User).update(user.id, { isActive: false })],
        ];
        for (const [name, deed] of deeds) {
          const user = await app.add(name);
          const token = await tokenFor(user);
          app.hooks.deeds.set('validatePassword', async () => {
            app.hooks.clear();
            await deed(user);
          });
          expect((await reset(token)).code, name).to.equal('RESET_PASSWORD_BAD_TOKEN');
          expect((await app.login(name, NEW_PASSWORD)).code, name).to.equal('LOGIN_BAD_CREDENTIALS');
          expect(app.hooks.names(), name).not.to.include('afterResetPassword');
        }
      });

      it('answers 422 to what is no text', async () => {
        for (const [token, password] of [
          [1, NEW_PASSWORD],
          ['x', null],
          [undefined, undefined],
        ]) {
          expect((await app.http.post('/users/reset-password', { token, password })).status).to.equal(422);
        }
      });
    });

    it('keeps the tokens of each purpose apart', async () => {
      const mia = await app.add('mia', { isVerified: false });
      await app.http.post('/users/request-verify-token', { email: mia.email });
      const verify = await app.outbox.token(mia.email, 'verify');
      const resetToken = await tokenFor(mia);
      const access = await app.tokenOf(mia);
      expect((await reset(verify)).code).to.equal('RESET_PASSWORD_BAD_TOKEN');
      expect((await reset(access)).code).to.equal('RESET_PASSWORD_BAD_TOKEN');
      for (const token of [resetToken, access]) {
        expect((await app.http.post('/users/verify', { token })).code).to.equal('VERIFY_USER_BAD_TOKEN');
      }
      for (const token of [resetToken, verify]) expect((await app.http.get('/users/me', { token })).status).to.equal(401);
      expect((await app.http.post('/users/login', { username: mia.email, password: PASSWORD })).status).to.equal(200);
    });
  });
});
