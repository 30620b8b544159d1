import { expect } from 'chai';
import { forEachDriver } from '../support/databases.js';
import { User } from '../support/user.entity.js';
import { emailOf, PASSWORD, tally, twentyAtOnce, UsersApp } from '../support/users-app.js';

describe('verification', () => {
  forEachDriver((driver) => {
    let app: UsersApp;
    before(async () => {
      app = await UsersApp.start(driver);
    });
    after(() => app.close());
    beforeEach(() => app.hooks.clear());

    const ask = (email: string) => app.http.post('/users/request-verify-token', { email });
    const verify = (token: unknown) => app.http.post('/users/verify', { token });

    describe('POST /users/request-verify-token', () => {
      it('answers 202 to everybody, and mails active and unverified users alone', async () => {
        const una = await app.add('una', { isVerified: false });
        await app.add('vera');
        await app.add('ivan', { isVerified: false, isActive: false });
        for (const name of ['una', 'vera', 'ivan', 'nobody']) expect((await ask(emailOf(name))).status).to.equal(202);
        await app.users.close();
        expect(app.outbox.mails.map(({ kind, to }) => [kind, to])).to.deep.equal([['verify', una.email]]);
        app.outbox.clear();
      });

      it('answers 422 without an address', async () => {
        expect((await app.http.post('/users/request-verify-token', {})).status).to.equal(422);
      });
    });

    describe('POST /users/verify', () => {
      it('verifies once, and tells the app', async () => {
        const bea = await app.add('bea', { isVerified: false });
        await ask(bea.email);
        const token = await app.outbox.token(bea.email, 'verify');
        const answer = await verify(token);
        expect([answer.status, answer.body.isVerified]).to.deep.equal([200, true]);
        expect(app.hooks.names()).to.include('afterVerify');
        expect((await verify(token)).code).to.equal('VERIFY_USER_ALREADY_VERIFIED');
      });

      it('verifies an inactive user', async () => {
        const ian = await app.add('ian', { isVerified: false });
        await ask(ian.email);
        const token = await app.outbox.token(ian.email);
        await app.users.manager.update(ian, { isActive: false });
        expect((await verify(token)).status).to.equal(200);
      });

      it('answers VERIFY_USER_BAD_TOKEN once the address is another, the hour is over, or the user is gone', async () => {
        const tokens: string[] = [];
        for (const name of ['cyd', 'dot', 'eve']) {
          const user = await app.add(name, { isVerified: false });
          await ask(user.email);
          tokens.push(await app.outbox.token(user.email));
          if (name === 'cyd') await app.users.manager.update(user, { email: emailOf('cyd2') });
          if (name === 'eve') await app.users.manager.delete(user);
        }
        expect((await verify(tokens[0])).code).to.equal('VERIFY_USER_BAD_TOKEN');
        expect((await verify(tokens[2])).code).to.equal('VERIFY_USER_BAD_TOKEN');
        app.clock.advance({ hours: 1, seconds: 1 });
        expect((await verify(tokens[1])).code).to.equal('VERIFY_USER_BAD_TOKEN');
      });

      it('answers VERIFY_USER_BAD_TOKEN to anything else, and 422 to what is no text', async () => {
        for (const token of ['', 'x', 'a.b.c']) expect((await verify(token)).code).to.equal('VERIFY_USER_BAD_TOKEN');
        for (const token of [0, null, {}, [], true]) expect((await verify(token)).status).to.equal(422);
      });

      it('lets one of twenty racing requests win', async () => {
        const fay = await app.add('fay', { isVerified: false });
        await ask(fay.email);
        const token = await app.outbox.token(fay.email);
        const answers = await twentyAtOnce(() => verify(token));
        expect(tally(answers)).to.deep.equal({ 200: 1, '400 VERIFY_USER_ALREADY_VERIFIED': 19 });
      });

      it('verifies no address that is verified or another by the time that it writes', async () => {
        for (const [name, changes] of [
          ['jan', { isVerified: true }],
          ['kim', { email: emailOf('kim-of-others') }],
        ] as const) {
          const { id, email } = await app.add(name, { isVerified: false });
          await ask(email);
          const token = await app.outbox.token(email);
          app.hooks.clear();
          app.beforeNextTransaction(() => app.dataSource.getRepository(User).update(id, changes));
          expect((await verify(token)).code).to.equal('VERIFY_USER_ALREADY_VERIFIED');
          expect(await app.row(id)).to.include({ email, isVerified: false, ...changes });
          expect(app.hooks.names()).to.deep.equal([]);
        }
      });
    });

    describe('a new address', () => {
      const change = (token: string, email: string) =>
        app.http.patch('/users/me', { email, currentPassword: PASSWORD }, { token });

      it('waits for its confirmation, which moves it and goes on with the sessions', async () => {
        const gil = await app.add('gil', { isVerified: false });
        const session = await app.tokenOf(gil);
        const answer = await change(session, 'New.Gil@example.com');
        expect([answer.status, answer.body.email, answer.body.pendingEmail]).to.deep.equal([
          200,
          gil.email,
          'new.gil@example.com',
        ]);
        expect(app.hooks.last('afterUpdate')[1]).to.deep.equal({ pendingEmail: 'new.gil@example.com' });
        const token = await app.outbox.token('new.gil@example.com', 'change-email');
        app.hooks.clear();
        const moved = await verify(token);
        const state = { email: 'new.gil@example.com', pendingEmail: null, isVerified: true };
        expect(moved.body).to.include(state);
        expect(await app.row(gil.id)).to.include({ ...state, pendingEmailStamp: null });
        expect(app.hooks.names()).to.deep.equal(['afterVerify', 'afterUpdate', 'afterEmailChange']);
        expect(app.hooks.last('afterUpdate')[1]).to.deep.equal({ email: state.email });
        expect(app.hooks.last('afterEmailChange')[1]).to.equal(emailOf('gil'));
        expect((await app.http.get('/users/me', { token: session })).status).to.equal(200);
        expect((await app.login('new.gil')).status).to.equal(200);
        expect((await verify(token)).code).to.equal('VERIFY_USER_BAD_TOKEN');
      });

      it('is replaced by another one, with its token', async () => {
        const session = await app.tokenOf(await app.add('hal'));
        await change(session, emailOf('hal2'));
        const first = await app.outbox.token(emailOf('hal2'));
        await change(session, emailOf('hal2'));
        const second = await app.outbox.token(emailOf('hal2'));
        expect((await verify(first)).code).to.equal('VERIFY_USER_BAD_TOKEN');
        expect((await verify(second)).body.email).to.equal(emailOf('hal2'));
        expect(app.hooks.names()).not.to.include('afterVerify');
      });

      it('is not taken when it was asked for anew by the time that it is written', async () => {
        const ike = await app.add('ike');
        await change(await app.tokenOf(ike), emailOf('ike2'));
        const token = await app.outbox.token(emailOf('ike2'));
        app.beforeNextTransaction(() => app.dataSource.getRepository(User).update(ike.id, { pendingEmailStamp: 'a newer one' }));
        expect((await verify(token)).code).to.equal('VERIFY_USER_BAD_TOKEN');
        expect(await app.row(ike.id)).to.include({ email: ike.email, pendingEmail: emailOf('ike2') });
      });

      it('is dropped by asking for the present one, which needs no password', async () => {
        const ida = await app.add('ida');
        const session = await app.tokenOf(ida);
        await change(session, emailOf('ida2'));
        const token = await app.outbox.token(emailOf('ida2'));
        const answer = await app.http.patch('/users/me', { email: 'IDA@example.com' }, { token: session });
        expect([answer.status, answer.body.pendingEmail]).to.deep.equal([200, null]);
        expect((await verify(token)).code).to.equal('VERIFY_USER_BAD_TOKEN');
      });

      it('is dropped by a new password', async () => {
        const jon = await app.add('jon');
        await change(await app.tokenOf(jon), emailOf('jon2'));
        const token = await app.outbox.token(emailOf('jon2'));
        await app.users.manager.setPassword(await app.users.manager.getById(jon.id), 'another long password');
        expect((await verify(token)).code).to.equal('VERIFY_USER_BAD_TOKEN');
        expect((await app.users.manager.getById(jon.id)).pendingEmail).to.equal(null);
      });

      it('that somebody took meanwhile is UPDATE_USER_EMAIL_ALREADY_EXISTS', async () => {
        const kay = await app.add('kay');
        await change(await app.tokenOf(kay), emailOf('kay2'));
        const token = await app.outbox.token(emailOf('kay2'));
        await app.add('kay2');
        expect((await verify(token)).code).to.equal('UPDATE_USER_EMAIL_ALREADY_EXISTS');
        expect((await app.users.manager.getById(kay.id)).email).to.equal(kay.email);
      });

      it('that two want at once goes to one of them', async () => {
        const tokens: string[] = [];
        for (const name of ['leo', 'lia']) {
          await change(await app.tokenOf(await app.add(name)), emailOf('wanted'));
          tokens.push(await app.outbox.token(emailOf('wanted')));
        }
        const answers = await Promise.all(tokens.map(verify));
        expect(tally(answers)).to.deep.equal({ 200: 1, '400 UPDATE_USER_EMAIL_ALREADY_EXISTS': 1 });
      });

      it('ends open reset tokens once it has moved', async () => {
        const mia = await app.add('mia');
        await app.http.post('/users/forgot-password', { email: mia.email });
        const reset = await app.outbox.token(mia.email, 'reset-password');
        await change(await app.tokenOf(mia), emailOf('mia2'));
        await verify(await app.outbox.token(emailOf('mia2')));
        const answer = await app.http.post('/users/reset-password', { token: reset, password: 'another long password' });
        expect(answer.code).to.equal('RESET_PASSWORD_BAD_TOKEN');
      });
    });
  });
});
