import { expect } from 'chai';
import { forEachDriver } from '../support/databases.js';
import { meetingOf } from '../support/meeting.js';
import { User } from '../support/user.entity.js';
import { emailOf, NEW_PASSWORD, PASSWORD, tally, UsersApp } from '../support/users-app.js';

describe('administration', () => {
  forEachDriver((driver) => {
    let app: UsersApp;
    let sue: User;
    let superuser: string;
    let member: string;
    before(async () => {
      app = await UsersApp.start(driver);
      sue = await app.add('sue', { isSuperuser: true });
      superuser = await app.tokenOf(sue);
      member = await app.tokenOf(await app.add('member'));
    });
    after(() => app.close());
    beforeEach(() => app.hooks.clear());

    const byId = (user: { id: string }) => `/users/${user.id}`;

    it('answers 401 to nobody and 403 to who is no superuser, before anything else', async () => {
      const routes: [string, string][] = [
        ['GET', '/users'],
        ['POST', '/users'],
        ['GET', '/users/nope'],
        ['PATCH', '/users/nope'],
        ['DELETE', '/users/nope'],
        ['DELETE', '/users/nope/sessions'],
      ];
      for (const [method, path] of routes) {
        expect((await app.http.ask(method, path)).status, `${method} ${path}`).to.equal(401);
        expect((await app.http.ask(method, path, { token: member })).code, `${method} ${path}`).to.equal('FORBIDDEN');
      }
    });

    it('answers 404 to an id that nobody has, or could have, before the body', async () => {
      for (const id of ['00000000-0000-7000-8000-000000000000', 'nope', '1', "' OR 1=1", '%00']) {
        const path = `/users/${encodeURIComponent(id)}`;
        expect((await app.http.get(path, { token: superuser })).status, id).to.equal(404);
        expect((await app.http.patch(path, { isActive: null }, { token: superuser })).status, id).to.equal(404);
        expect((await app.http.delete(path, { token: superuser })).status, id).to.equal(404);
      }
    });

    describe('POST /users', () => {
      const create = (body: object) => app.http.post('/users', body, { token: superuser });

      it('makes a user with flags and fields', async () => {
        const answer = await create({
          email: emailOf('ada'),
          password: PASSWORD,
          isVerified: true,
          isSuperuser: false,
          firstName: 'Ada',
        });
        expect(answer.status).to.equal(201);
        expect(answer.body).to.include({ isVerified: true, firstName: 'Ada', hasPassword: true });
      });

      it('invites a user without a password, by a token that lives for 7 days', async () => {
        const answer = await create({ email: emailOf('ina') });
        expect([answer.status, answer.body.hasPassword]).to.deep.equal([201, false]);
        const token = await app.outbox.token(emailOf('ina'), 'invite');
        expect((await app.login('ina', '')).code).to.equal('LOGIN_BAD_CREDENTIALS');
        app.clock.advance({ days: 6 });
        expect((await app.http.post('/users/reset-password', { token, password: NEW_PASSWORD })).status).to.equal(204);
        expect((await app.users.manager.findByEmail(emailOf('ina')))?.isVerified).to.equal(true);
        superuser = await app.tokenOf(sue);
        member = await app.tokenOf(
          await app.users.manager.getById((await app.users.manager.findByEmail(emailOf('member')))?.id ?? ''),
        );
      });

      it('answers as registration does, and 422 to null for a flag', async () => {
        expect((await create({ email: emailOf('sue'), password: PASSWORD })).code).to.equal('REGISTER_USER_ALREADY_EXISTS');
        expect((await create({ email: emailOf('zoe'), password: 'short' })).code).to.equal('REGISTER_INVALID_PASSWORD');
        expect((await create({ email: emailOf('zoe'), password: PASSWORD, isActive: null })).status).to.equal(422);
        expect((await create({ email: emailOf('zoe'), password: PASSWORD, isActive: 'yes' })).status).to.equal(422);
      });
    });

    describe('GET /users', () => {
      const list = async (query: string) => {
        const { status, body } = await app.http.get(`/users?${query}`, { token: superuser });
        return { status, items: (body.items ?? []) as { email: string }[], nextCursor: body.nextCursor };
      };

      it('lists page by page, newest first, each user once', async () => {
        for (let index = 0; index < 7; index += 1) await app.add(`page${index}`);
        const seen: string[] = [];
        let cursor: unknown = null;
        do {
          const page = await list(`limit=3&search=page${cursor === null ? '' : `&cursor=${String(cursor)}`}`);
          expect(page.items.length).to.be.at.most(3);
          seen.push(...page.items.map(({ email }) => email));
          cursor = page.nextCursor;
        } while (cursor !== null);
        expect(seen).to.deep.equal([6, 5, 4, 3, 2, 1, 0].map((index) => emailOf(`page${index}`)));
      });

      it('searches by the start of the address, letter by letter', async () => {
        await app.add('a_b');
        await app.add('axb');
        await app.add('élan');
        expect((await list('search=A_B')).items.map(({ email }) => email)).to.deep.equal([emailOf('a_b')]);
        expect((await list('search=%25')).items).to.deep.equal([]);
        expect((await list('search=elan')).items).to.deep.equal([]);
        expect((await list(`search=${encodeURIComponent('élan')}`)).items).to.have.length(1);
      });

      it('filters by the flags', async () => {
        await app.add('ivan', { isActive: false });
        expect((await list('isActive=false')).items.map(({ email }) => email)).to.deep.equal([emailOf('ivan')]);
        expect((await list('isSuperuser=true')).items.map(({ email }) => email)).to.deep.equal([sue.email]);
        expect((await list('isVerified=false')).status).to.equal(200);
      });

      it('answers 422 to a bad query', async () => {
        for (const query of [
          'limit=0',
          'limit=101',
          'limit=x',
          'limit=1&limit=2',
          'isActive=yes',
          'cursor=nope',
          'cursor=WyJ4Il0',
        ]) {
          expect((await list(query)).status, query).to.equal(422);
        }
      });
    });

    describe('PATCH /users/:id', () => {
      const patch = (user: User, body: object) => app.http.patch(byId(user), body, { token: superuser });

      it('sets an address at once and takes the verification back, unless the body says otherwise', async () => {
        const bea = await app.add('bea');
        expect((await patch(bea, { email: emailOf('bea2') })).body).to.include({ email: emailOf('bea2'), isVerified: false });
        expect(app.hooks.last('afterEmailChange')[1]).to.equal(emailOf('bea'));
        expect(app.hooks.last('afterUpdate')[1]).to.deep.equal({ email: emailOf('bea2') });
        expect((await patch(bea, { email: emailOf('bea3'), isVerified: true })).body).to.include({
          email: emailOf('bea3'),
          isVerified: true,
        });
        expect((await patch(bea, { email: sue.email })).code).to.equal('UPDATE_USER_EMAIL_ALREADY_EXISTS');
        const asPassword = await patch(bea, { email: emailOf('bea-the-fourth'), password: 'Bea-the-Fourth' });
        expect(asPassword.code).to.equal('UPDATE_USER_INVALID_PASSWORD');
      });

      it('drops an address that waits for its confirmation, by another one or the present one', async () => {
        for (const [name, email] of [
          ['gia', emailOf('gia3')],
          ['joy', emailOf('joy')],
        ] as const) {
          const user = await app.add(name);
          const changes = { email: emailOf(`${name}2`), currentPassword: PASSWORD };
          await app.http.patch('/users/me', changes, { token: await app.tokenOf(user) });
          const token = await app.outbox.token(changes.email, 'change-email');
          expect((await patch(user, { email })).body).to.include({ email, pendingEmail: null });
          expect((await app.http.post('/users/verify', { token })).code).to.equal('VERIFY_USER_BAD_TOKEN');
        }
      });

      it('ends all sessions with a new password, and with deactivation for good', async () => {
        const cyd = await app.add('cyd');
        const first = await app.tokenOf(cyd);
        expect((await patch(cyd, { password: NEW_PASSWORD })).status).to.equal(200);
        expect((await app.http.get('/users/me', { token: first })).status).to.equal(401);
        const second = await app.tokenOf(cyd);
        await patch(cyd, { isActive: false });
        expect((await app.http.get('/users/me', { token: second })).status).to.equal(401);
        await patch(cyd, { isActive: true });
        expect((await app.http.get('/users/me', { token: second })).status).to.equal(401);
        expect((await app.login('cyd', NEW_PASSWORD)).status).to.equal(200);
      });

      it('follows the rules of /me on the own id, but for the flags', async () => {
        expect((await patch(sue, { password: NEW_PASSWORD })).code).to.equal('UPDATE_USER_BAD_CURRENT_PASSWORD');
        expect((await patch(sue, { email: emailOf('evil') })).code).to.equal('UPDATE_USER_BAD_CURRENT_PASSWORD');
        expect((await patch(sue, { isVerified: false })).body.isVerified).to.equal(false);
        await patch(sue, { isVerified: true });
      });

      it('ends the own session too of who deactivates himself, for good', async () => {
        const ira = await app.add('ira', { isSuperuser: true });
        const token = await app.tokenOf(ira);
        expect((await app.http.patch(byId(ira), { isActive: false }, { token })).status).to.equal(200);
        await patch(ira, { isActive: true, isSuperuser: false });
        expect((await app.http.get('/users/me', { token })).status).to.equal(401);
        expect(await app.users.manager.listSessions(ira)).to.deep.equal([]);
      });

      it('answers 404 to a user who goes meanwhile, on every way to change him', async () => {
        for (const [name, change] of [
          ['lou', (user: User) => patch(user, { password: NEW_PASSWORD })],
          ['lee', (user: User) => app.http.delete(byId(user), { token: superuser })],
        ] as const) {
          const user = await app.add(name);
          app.beforeNextTransaction(() => app.dataSource.getRepository(User).delete({ id: user.id }));
          expect((await change(user)).status, name).to.equal(404);
        }
      });

      it('follows the rules of DELETE /me on the own id', async () => {
        const ivy = await app.add('ivy', { isSuperuser: true });
        const token = await app.tokenOf(ivy);
        const remove = (body?: object) => app.http.delete(byId(ivy), { token, body });
        expect((await remove()).code).to.equal('DELETE_USER_BAD_CURRENT_PASSWORD');
        expect((await remove({ currentPassword: 'wrong' })).code).to.equal('DELETE_USER_BAD_CURRENT_PASSWORD');
        expect((await remove({ currentPassword: 1 })).status).to.equal(422);
        expect((await remove({ currentPassword: PASSWORD })).status).to.equal(204);
        const jan = await app.add('jan', { isSuperuser: true, password: null });
        const stale = await app.tokenOf(jan);
        app.clock.advance({ minutes: 6 });
        superuser = await app.tokenOf(sue);
        expect((await app.http.delete(byId(jan), { token: stale })).code).to.equal('REAUTHENTICATION_REQUIRED');
        expect((await app.http.delete(byId(jan), { token: superuser })).status).to.equal(204);
      });

      it('acts at the next request: a demotion', async () => {
        const dan = await app.add('dan', { isSuperuser: true });
        const token = await app.tokenOf(dan);
        expect((await app.http.get('/users', { token })).status).to.equal(200);
        await patch(dan, { isSuperuser: false });
        expect((await app.http.get('/users', { token })).status).to.equal(403);
      });
    });

    describe('the last superuser', () => {
      it('can be neither demoted, deactivated nor deleted', async () => {
        for (const body of [{ isSuperuser: false }, { isActive: false }]) {
          expect((await app.http.patch(byId(sue), body, { token: superuser })).code).to.equal('LAST_SUPERUSER');
        }
        expect((await app.http.delete(byId(sue), { token: superuser })).code).to.equal('LAST_SUPERUSER');
      });

      it('is told so before a password is asked for', async () => {
        for (const body of [undefined, { currentPassword: 'wrong' }]) {
          for (const path of [byId(sue), '/users/me']) {
            expect((await app.http.delete(path, { token: superuser, body })).code, path).to.equal('LAST_SUPERUSER');
          }
        }
      });

      it('stays when two delete themselves at once', async () => {
        const uma = await app.add('uma', { isSuperuser: true });
        const umas = await app.tokenOf(uma);
        const body = { currentPassword: PASSWORD };
        app.hooks.deeds.set('beforeDelete', meetingOf(2));
        const answers = await Promise.all([
          app.http.delete(byId(uma), { token: umas, body }),
          app.http.delete(byId(sue), { token: superuser, body }),
        ]);
        expect(tally(answers)).to.deep.equal({ 204: 1, '400 LAST_SUPERUSER': 1 });
        if ((await app.users.manager.findById(sue.id)) === null) {
          sue = await app.add('sue', { isSuperuser: true });
          await app.users.manager.update(uma, { isSuperuser: false });
        }
        superuser = await app.tokenOf(sue);
      });

      it('stays when two demote each other at once', async () => {
        for (let round = 0; round < 5; round += 1) {
          const tom = await app.add(`tom${round}`, { isSuperuser: true });
          const toms = await app.tokenOf(tom);
          const answers = await Promise.all([
            app.http.patch(byId(tom), { isSuperuser: false }, { token: superuser }),
            app.http.patch(byId(sue), { isSuperuser: false }, { token: toms }),
          ]);
          const { items } = (await app.users.manager.list({ isSuperuser: true, isActive: true })) as { items: User[] };
          expect(items.length, JSON.stringify(tally(answers))).to.be.at.least(1);
          for (const { status } of answers) expect(status).to.be.oneOf([200, 400, 403]);
          const [left] = items;
          await app.users.manager.update(sue, { isSuperuser: true });
          if (left !== undefined && left.id !== sue.id) await app.users.manager.update(left, { isSuperuser: false });
          superuser = await app.tokenOf(sue);
        }
      });
    });

    it('DELETE /users/:id/sessions signs a user out everywhere', async () => {
      const eva = await app.add('eva');
      const tokens = [await app.tokenOf(eva), await app.tokenOf(eva)];
      expect((await app.http.delete(`${byId(eva)}/sessions`, { token: superuser })).status).to.equal(204);
      for (const token of tokens) expect((await app.http.get('/users/me', { token })).status).to.equal(401);
    });

    it('DELETE /users/:id deletes a user with his sessions', async () => {
      const fay = await app.add('fay');
      const token = await app.tokenOf(fay);
      expect((await app.http.delete(byId(fay), { token: superuser })).status).to.equal(204);
      expect((await app.http.get('/users/me', { token })).status).to.equal(401);
      expect((await app.http.get(byId(fay), { token: superuser })).status).to.equal(404);
    });
  });
});
