import { expect } from 'chai';
import { forEachDriver } from '../support/databases.js';
import { meetingOf } from '../support/meeting.js';
import { emailOf, NEW_PASSWORD, PASSWORD, tally, UsersApp } from '../support/users-app.js';

/** What went wrong with accounts and sessions elsewhere, each fault by its identifier. `docs/threat-model.md` lists where the others are. */
describe('faults of peers: accounts and sessions', () => {
  forEachDriver((driver) => {
    let app: UsersApp;
    before(async () => {
      app = await UsersApp.start(driver);
    });
    after(() => app.close());

    const me = async (token: string) => (await app.http.get('/users/me', { token })).status;

    it('CVE-2025-61928: the user comes from the body', async () => {
      const ada = await app.add('ada');
      const token = await app.tokenOf(await app.add('eve'));
      const body = { id: ada.id, userId: ada.id, user: { id: ada.id }, firstName: 'Eve' };
      expect((await app.http.patch('/users/me', body)).status).to.equal(401);
      expect((await app.http.patch('/users/me', body, { token })).body.email).to.equal(emailOf('eve'));
      expect((await app.row(ada.id)).firstName).to.equal('');
    });

    it('GHSA-xg6x-h9c9-2m83: a cached session outlives demotion, deactivation and logout', async () => {
      const sam = await app.add('sam', { isSuperuser: true });
      await app.add('sue', { isSuperuser: true });
      const token = await app.tokenOf(sam);
      expect((await app.http.get('/users', { token })).status).to.equal(200);
      await app.users.manager.update(sam, { isSuperuser: false });
      expect((await app.http.get('/users', { token })).status).to.equal(403);
      await app.users.manager.update(sam, { isActive: false });
      expect(await me(token)).to.equal(401);
    });

    it('GHSA-g38m-r43w-p2q7, GHSA-qq9h-g4jm-xgf3: who registered an address first stays when its owner comes', async () => {
      await app.http.post('/users/register', { email: emailOf('bea'), password: PASSWORD });
      const attackers = String((await app.login('bea')).body.access_token);
      await app.http.post('/users/forgot-password', { email: emailOf('bea') });
      const token = await app.outbox.token(emailOf('bea'), 'reset-password');
      expect((await app.http.post('/users/reset-password', { token, password: NEW_PASSWORD })).status).to.equal(204);
      expect(await me(attackers)).to.equal(401);
      expect((await app.login('bea')).code).to.equal('LOGIN_BAD_CREDENTIALS');
      expect((await app.login('bea', NEW_PASSWORD)).status).to.equal(200);
    });

    it('GHSA-2vg6-77g8-24mp: sessions outlive the deleted user', async () => {
      const cyd = await app.add('cyd');
      const token = await app.tokenOf(cyd);
      await app.http.delete('/users/me', { token, body: { currentPassword: PASSWORD } });
      expect(await me(token)).to.equal(401);
      expect(await app.users.manager.listSessions(cyd)).to.deep.equal([]);
    });

    it('GHSA-7w99-5wm4-3g79: what works once is redeemed twice in a race', async () => {
      await app.add('dot');
      await app.http.post('/users/forgot-password', { email: emailOf('dot') });
      const token = await app.outbox.token(emailOf('dot'));
      app.hooks.deeds.set('validatePassword', meetingOf(3));
      const redeem = () => app.http.post('/users/reset-password', { token, password: NEW_PASSWORD });
      expect(tally(await Promise.all([redeem(), redeem(), redeem()]))).to.deep.equal({
        204: 1,
        '400 RESET_PASSWORD_BAD_TOKEN': 2,
      });
    });

    const owners = [
      'GHSA-86j7-9j95-vpqj, GHSA-9h47-pqcx-hjr4, GHSA-p2fr-6hmx-4528, GHSA-fmh4-wcc4-5jm3, GHSA-gv74-j8m3-fg5f',
      'GHSA-j8v8-g9cx-5qf4, GHSA-cq3f-vc6p-68fh (CVE-2026-45337), GHSA-xr8f-h2gw-9xh6 (CVE-2026-41427)',
    ].join(', ');
    it(`${owners}: what belongs to others is reached by its id`, async () => {
      const fay = await app.add('fay');
      const kept = await app.tokenOf(fay);
      const [session] = await app.users.manager.listSessions(fay);
      const token = await app.tokenOf(await app.add('gus'));
      expect((await app.http.delete(`/users/me/sessions/${session?.id}`, { token })).status).to.equal(404);
      for (const [method, path] of [
        ['GET', `/users/${fay.id}`],
        ['PATCH', `/users/${fay.id}`],
        ['DELETE', `/users/${fay.id}`],
        ['DELETE', `/users/${fay.id}/sessions`],
        ['GET', '/users'],
        ['POST', '/users'],
      ] as const) {
        expect((await app.http.ask(method, path, { token, body: {} })).status, `${method} ${path}`).to.equal(403);
      }
      expect(await me(kept)).to.equal(200);
    });

    it('GHSA-p2fr-6hmx-4528: an invitation is taken by somebody else', async () => {
      const sue = await app.tokenOf(await app.add('sue-inviting', { isSuperuser: true }));
      await app.http.post('/users', { email: emailOf('ivy') }, { token: sue });
      const invitation = await app.outbox.token(emailOf('ivy'));
      const body = { token: invitation, password: PASSWORD, email: emailOf('gus'), id: 'gus', isSuperuser: true };
      const taken = await app.http.post('/users/reset-password', body, { token: await app.tokenOf(await app.add('jan')) });
      expect(taken.status).to.equal(204);
      expect((await app.login('ivy')).status).to.equal(200);
      expect((await app.login('ivy', NEW_PASSWORD)).status).to.equal(400);
      expect((await app.http.post('/users/reset-password', body)).code).to.equal('RESET_PASSWORD_BAD_TOKEN');
    });

    it('CVE-2022-39263, CVE-2021-21310: a token is looked up by the address alone', async () => {
      const hal = await app.add('hal', { isVerified: false });
      const ida = await app.add('ida', { isVerified: false });
      await app.users.manager.requestVerify(hal);
      const token = await app.outbox.token(hal.email);
      const [header, payload = '', signature] = token.split('.');
      const claims: object = JSON.parse(Buffer.from(payload, 'base64url').toString());
      const swapped = Buffer.from(JSON.stringify({ ...claims, sub: ida.id })).toString('base64url');
      const verify = (body: object) => app.http.post('/users/verify', body);
      expect((await verify({ token: `${header}.${swapped}.${signature}` })).code).to.equal('VERIFY_USER_BAD_TOKEN');
      expect((await verify({ token: 'rubbish', email: ida.email })).code).to.equal('VERIFY_USER_BAD_TOKEN');
      expect((await verify({ token, email: ida.email, id: ida.id })).body.email).to.equal(hal.email);
      expect((await app.row(ida.id)).isVerified).to.equal(false);
    });

    it('CVE-2026-32700 (devise), django-allauth 65.12.1: a race of two changes verifies the wrong address', async () => {
      const token = await app.tokenOf(await app.add('jon'));
      const ask = (email: string) => app.http.patch('/users/me', { email, currentPassword: PASSWORD }, { token });
      const addresses = [emailOf('jon-one'), emailOf('jon-two')];
      const answers = await Promise.all(addresses.map(ask));
      for (const { status } of answers) expect(status).to.equal(200);
      const { pendingEmail } = (await app.http.get('/users/me', { token })).body;
      for (const email of addresses) {
        const answer = await app.http.post('/users/verify', { token: await app.outbox.token(email) });
        if (email === pendingEmail) expect(answer.body.email).to.equal(email);
        else expect(answer.code).to.equal('VERIFY_USER_BAD_TOKEN');
      }
      expect((await app.http.get('/users/me', { token })).body).to.include({ email: pendingEmail, isVerified: true });
    });

    it('CVE-2019-19844: the reset mail goes to a look-alike of the stored address', async () => {
      await app.add('mike');
      app.outbox.clear();
      for (const email of ['mıke@example.com', 'mi\u212Ae@example.com', 'ｍike@example.com', 'mike@ｅxample.com']) {
        expect((await app.http.post('/users/forgot-password', { email })).status, email).to.be.oneOf([202, 422]);
      }
      await app.users.close();
      for (const { to } of app.outbox.mails) expect(to).to.equal(emailOf('mike'));
    });

    it('CVE-2022-25896 (passport), CVE-2023-29019: the session of before is kept across a login', async () => {
      const kim = await app.add('kim');
      const former = await app.tokenOf(kim);
      const body = { email: kim.email, password: PASSWORD };
      const answer = await app.http.post('/users/login', body, { token: former });
      expect(answer.body.access_token).not.to.equal(former);
      const sessions = await app.users.manager.listSessions(kim);
      expect(new Set(sessions.map(({ id }) => id)).size).to.equal(2);
    });

    it('CVE-2015-8314: a session ends at the client alone', async () => {
      const token = await app.tokenOf(await app.add('lee'));
      app.clock.advance({ days: 31 });
      expect(await me(token)).to.equal(401);
    });

    it('typeorm: an id or an address that is undefined finds, changes and ends nothing', async () => {
      const { manager } = app.users;
      const ned = await app.add('ned');
      const token = await app.tokenOf(ned);
      const nobody = Object.assign(Object.create(Object.getPrototypeOf(ned)), { ...ned, id: undefined });
      expect(await manager.findById(undefined as never)).to.equal(null);
      expect(await manager.findByEmail(undefined as never)).to.equal(null);
      for (const work of [
        () => manager.endSessions(nobody),
        () => manager.update(nobody, { firstName: 'Nobody' }),
        () => manager.setPassword(nobody, NEW_PASSWORD),
        () => manager.delete(nobody),
        () => manager.endSession(nobody, undefined as never),
      ]) {
        // Refusing is as good as finding nobody.
        await work().catch(() => undefined);
      }
      expect((await app.http.get('/users/me', { token })).body.firstName).to.equal('');
    });

    it('typeorm: `save()` of a loaded user writes its old columns over newer ones', async () => {
      const { manager } = app.users;
      const ola = await app.add('ola');
      const token = await app.tokenOf(ola);
      const stale = await manager.getById(ola.id);
      await manager.update(await manager.getById(ola.id), { isActive: false, email: emailOf('ola-moved') });
      await manager.update(stale, { firstName: 'Ola' });
      expect(await app.row(ola.id)).to.include({ isActive: false, email: emailOf('ola-moved'), firstName: 'Ola' });
      expect(await me(token)).to.equal(401);
    });
  });
});
