import { expect } from 'chai';
import { UsersError } from '../../src/index.js';
import { forEachDriver } from '../support/databases.js';
import { meetingOf } from '../support/meeting.js';
import { emailOf, NEW_PASSWORD, PASSWORD, twentyAtOnce, UsersApp } from '../support/users-app.js';

/** A rule of the app's own. */
class OpenInvoicesError extends UsersError {
  readonly status = 409;
  readonly code = 'OPEN_INVOICES';
  constructor() {
    super('Pay your invoices first.');
  }
}

describe('/users/me', () => {
  forEachDriver((driver) => {
    let app: UsersApp;
    before(async () => {
      app = await UsersApp.start(driver);
    });
    after(() => app.close());
    beforeEach(() => app.hooks.clear());

    const patch = (token: string | undefined, body: object) => app.http.patch('/users/me', body, { token });

    describe('PATCH', () => {
      it('changes the fields of the app, and those alone', async () => {
        const ada = await app.add('ada');
        const token = await app.tokenOf(ada);
        const answer = await patch(token, {
          firstName: 'Ada',
          isSuperuser: true,
          isVerified: 1,
          id: 7,
          createdAt: 'now',
          note: 'x',
        });
        expect([answer.status, answer.body.firstName, answer.body.isSuperuser]).to.deep.equal([200, 'Ada', false]);
        expect((await app.row(ada.id)).note).to.equal('internal');
        expect(app.hooks.last('afterUpdate')[1]).to.deep.equal({ firstName: 'Ada' });
      });

      it('answers 401 before it looks at the body, and 400 to malformed JSON before that', async () => {
        expect((await patch(undefined, { firstName: 'x'.repeat(99) })).status).to.equal(401);
        const malformed = await fetch(`${app.http.url}/users/me`, {
          method: 'PATCH',
          body: '{',
          headers: { 'content-type': 'application/json' },
        });
        expect([malformed.status, ((await malformed.json()) as { code: string }).code]).to.deep.equal([400, 'MALFORMED_BODY']);
      });

      it('answers 422 to a bad field, and to null where the column takes none', async () => {
        const token = await app.tokenOf(await app.add('ben'));
        for (const body of [{ firstName: 'x'.repeat(51) }, { firstName: null }, { email: 'nowhere' }, { password: 1 }]) {
          expect((await patch(token, body)).status, JSON.stringify(body)).to.equal(422);
        }
      });

      it('takes null for the address and the password as left out', async () => {
        const token = await app.tokenOf(await app.add('cyd'));
        expect((await patch(token, { email: null, password: null, currentPassword: null })).status).to.equal(200);
      });

      it('changes the password with the current one, and ends every session but this one', async () => {
        const dot = await app.add('dot');
        const [mine, other] = [await app.tokenOf(dot), await app.tokenOf(dot)];
        expect((await patch(mine, { password: NEW_PASSWORD })).code).to.equal('UPDATE_USER_BAD_CURRENT_PASSWORD');
        expect((await patch(mine, { password: NEW_PASSWORD, currentPassword: 'wrong' })).code).to.equal(
          'UPDATE_USER_BAD_CURRENT_PASSWORD',
        );
        expect((await patch(mine, { password: 'short', currentPassword: PASSWORD })).code).to.equal(
          'UPDATE_USER_INVALID_PASSWORD',
        );
        app.hooks.clear();
        expect((await patch(mine, { password: NEW_PASSWORD, currentPassword: PASSWORD })).status).to.equal(200);
        expect((await app.http.get('/users/me', { token: mine })).status).to.equal(200);
        expect((await app.http.get('/users/me', { token: other })).status).to.equal(401);
        expect((await app.login('dot', NEW_PASSWORD)).status).to.equal(200);
        expect(JSON.stringify(app.hooks.last('afterUpdate')[1])).to.equal('{}');
      });

      it('lets one of twenty racing changes of the password win', async () => {
        const eva = await app.add('eva');
        const token = await app.tokenOf(eva);
        app.hooks.deeds.set('validatePassword', meetingOf(20));
        const answers = await twentyAtOnce((index) =>
          patch(token, { password: `${NEW_PASSWORD} ${index}`, currentPassword: PASSWORD }),
        );
        const winners = answers.flatMap(({ status }, index) => (status === 200 ? [index] : []));
        expect(winners).to.have.length(1);
        expect((await app.login('eva', `${NEW_PASSWORD} ${winners[0]}`)).status).to.equal(200);
      });

      it('asks for the current password with a new address, and tells when it is taken', async () => {
        await app.add('fay');
        const token = await app.tokenOf(await app.add('gil'));
        expect((await patch(token, { email: emailOf('gil2') })).code).to.equal('UPDATE_USER_BAD_CURRENT_PASSWORD');
        const taken = await patch(token, { email: 'FAY@example.com', currentPassword: PASSWORD });
        expect(taken.code).to.equal('UPDATE_USER_EMAIL_ALREADY_EXISTS');
        const both = await patch(token, { email: emailOf('fay'), password: 'short', currentPassword: PASSWORD });
        expect(both.code).to.equal('UPDATE_USER_INVALID_PASSWORD');
        const wrong = await patch(token, { email: emailOf('fay'), password: 'short', currentPassword: 'wrong' });
        expect(wrong.code).to.equal('UPDATE_USER_BAD_CURRENT_PASSWORD');
      });

      it('changes nothing for the present address, and tells nobody', async () => {
        const ola = await app.add('ola');
        const token = await app.tokenOf(ola);
        app.hooks.clear();
        expect((await patch(token, { email: 'OLA@example.com' })).body.email).to.equal(ola.email);
        expect(app.hooks.names()).to.deep.equal([]);
      });

      it('takes no password that is the address of before, or the one that comes with it', async () => {
        const token = await app.tokenOf(await app.add('gus-the-old'));
        for (const password of ['gus-the-old', 'GUS-the-new', emailOf('gus-the-new')]) {
          const { code } = await patch(token, { email: emailOf('gus-the-new'), password, currentPassword: PASSWORD });
          expect(code, password).to.equal('UPDATE_USER_INVALID_PASSWORD');
        }
      });

      it('lets a person without a password set the first one while the session is fresh', async () => {
        const hal = await app.add('hal', { password: null });
        const token = await app.tokenOf(hal);
        app.clock.advance({ minutes: 6 });
        expect((await patch(token, { password: NEW_PASSWORD })).code).to.equal('REAUTHENTICATION_REQUIRED');
        const fresh = await app.tokenOf(hal);
        const answer = await patch(fresh, { password: NEW_PASSWORD });
        expect([answer.status, answer.body.hasPassword]).to.deep.equal([200, true]);
      });

      it('leaves the first password alone that a reset sets while the request is under way', async () => {
        const ian = await app.add('ian', { password: null });
        const token = await app.tokenOf(ian);
        await app.users.manager.forgotPassword(ian);
        const resetToken = await app.outbox.token(ian.email, 'reset-password');
        app.hooks.deeds.set('validatePassword', async () => {
          app.hooks.deeds.clear();
          await app.users.manager.resetPassword(resetToken, NEW_PASSWORD);
        });
        const answer = await patch(token, { password: 'a stranger was here', email: emailOf('mal') });
        expect(answer.code).to.equal('UPDATE_USER_BAD_CURRENT_PASSWORD');
        expect((await app.row(ian.id)).pendingEmail).to.equal(null);
        expect((await app.login('ian', NEW_PASSWORD)).status).to.equal(200);
      });
    });

    it('takes no first password in code from who has one by now, whatever he was loaded with', async () => {
      const lil = await app.add('lil', { password: null });
      await app.tokenOf(lil);
      const [session = null] = await app.users.manager.listSessions(lil);
      await app.users.manager.setPassword(lil, NEW_PASSWORD, session === null ? {} : { exceptSession: session.id });
      const attempt = app.users.manager.updateOwn(lil, { password: 'a third long password' }, { session });
      expect(await attempt.catch((error: { code: string }) => error.code)).to.equal('UPDATE_USER_BAD_CURRENT_PASSWORD');
      expect((await app.login('lil', NEW_PASSWORD)).status).to.equal(200);
    });

    describe('DELETE', () => {
      const remove = (token: string | undefined, body?: object) => app.http.delete('/users/me', { token, body });

      it('deletes the account with the current password', async () => {
        const ida = await app.add('ida');
        const token = await app.tokenOf(ida);
        expect((await remove(undefined)).status).to.equal(401);
        expect((await remove(token)).code).to.equal('DELETE_USER_BAD_CURRENT_PASSWORD');
        expect((await remove(token, { currentPassword: 'wrong' })).code).to.equal('DELETE_USER_BAD_CURRENT_PASSWORD');
        app.hooks.clear();
        expect((await remove(token, { currentPassword: PASSWORD })).status).to.equal(204);
        expect(app.hooks.names()).to.deep.equal(['beforeDelete', 'duringDelete', 'afterDelete']);
        expect((await app.http.get('/users/me', { token })).status).to.equal(401);
        expect(await app.users.manager.findByEmail(ida.email)).to.equal(null);
      });

      it('is refused by @OnBeforeDelete with the status of its error, and nothing is gone', async () => {
        const ivo = await app.add('ivo');
        const token = await app.tokenOf(ivo);
        app.hooks.deeds.set('beforeDelete', () => {
          throw new OpenInvoicesError();
        });
        const answer = await remove(token, { currentPassword: PASSWORD });
        expect([answer.status, answer.code]).to.deep.equal([409, 'OPEN_INVOICES']);
        expect(app.hooks.names()).to.deep.equal(['beforeDelete']);
        expect((await app.http.get('/users/me', { token })).status).to.equal(200);
        const reason: unknown = await app.users.manager.delete(ivo).catch((error: unknown) => error);
        expect(reason).to.be.instanceOf(OpenInvoicesError);
        app.hooks.clear();
        expect((await remove(token, { currentPassword: PASSWORD })).status).to.equal(204);
      });

      it('is refused by a password that was changed while the request was under way', async () => {
        const una = await app.add('una');
        const token = await app.tokenOf(una);
        app.hooks.deeds.set('beforeDelete', () => app.users.manager.setPassword(una, NEW_PASSWORD));
        expect((await remove(token, { currentPassword: PASSWORD })).code).to.equal('DELETE_USER_BAD_CURRENT_PASSWORD');
        expect(app.hooks.names()).not.to.include('duringDelete');
        expect((await app.login('una', NEW_PASSWORD)).status).to.equal(200);
      });

      it('stays undone when @DuringDelete throws', async () => {
        const jon = await app.add('jon');
        const token = await app.tokenOf(jon);
        app.hooks.deeds.set('duringDelete', () => {
          throw new Error('the books are not closed');
        });
        expect((await remove(token, { currentPassword: PASSWORD })).status).to.equal(500);
        expect((await app.http.get('/users/me', { token })).status).to.equal(200);
      });

      it('answers LAST_SUPERUSER to the last active one', async () => {
        const sue = await app.add('sue', { isSuperuser: true });
        expect((await remove(await app.tokenOf(sue), { currentPassword: PASSWORD })).code).to.equal('LAST_SUPERUSER');
      });
    });
  });
});

describe("the option emailChange: 'immediate'", () => {
  forEachDriver((driver) => {
    it('takes a new address at once, unverified, and tells the app of the previous one', async () => {
      const app = await UsersApp.start(driver, { emailChange: 'immediate' });
      try {
        await app.add('lea');
        const token = await app.tokenOf(await app.add('kim'));
        const answer = await app.http.patch('/users/me', { email: emailOf('kim2'), currentPassword: PASSWORD }, { token });
        expect(answer.body).to.include({ email: emailOf('kim2'), pendingEmail: null, isVerified: false });
        expect(app.hooks.last('afterEmailChange')[1]).to.equal(emailOf('kim'));
        const kay = await app.add('kay', { isSuperuser: true });
        const changes = { email: emailOf('kay2'), isVerified: true, currentPassword: PASSWORD };
        const own = await app.http.patch(`/users/${kay.id}`, changes, { token: await app.tokenOf(kay) });
        expect(own.body).to.include({ email: emailOf('kay2'), isVerified: true });
        app.hooks.clear();
        const answers = await twentyAtOnce(() =>
          app.http.patch('/users/me', { email: emailOf('lea'), currentPassword: PASSWORD }, { token }),
        );
        expect(new Set(answers.map(({ code }) => code))).to.deep.equal(new Set(['UPDATE_USER_EMAIL_ALREADY_EXISTS']));
        expect(app.hooks.names()).to.deep.equal([]);
      } finally {
        await app.close();
      }
    });
  });
});
