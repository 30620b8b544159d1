import { expect } from 'chai';
import { forEachDriver } from '../support/databases.js';
import type { Member } from '../support/member.entity.js';
import { SignInApp } from '../support/sign-in-app.js';
import { carried } from '../support/sign-in-client.js';
import { availableBackends, Stores } from '../support/stores.js';

const NAMES = availableBackends('jwt', 'opaque', 'cookie', 'jwt-cookie', 'redis', 'redis-cookie');
const OTHER_SITE = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };

const DEEDS: readonly [string, (app: SignInApp, person: Member) => Promise<unknown>][] = [
  ['a logout everywhere', (app, person) => app.users.manager.endSessions(person)],
  ['a set password', (app, person) => app.users.manager.setPassword(person, 'another long password')],
  ['a deactivation', (app, person) => app.users.manager.update(person, { isActive: false })],
  ['a deletion', (app, person) => app.users.manager.delete(person)],
  [
    'a reset',
    async (app, person) => {
      await app.users.manager.forgotPassword(person);
      await app.users.manager.resetPassword(await app.outbox.token(person.email), 'another long password');
    },
  ],
];

describe('backends', () => {
  forEachDriver((driver) => {
    let stores: Stores;
    let app: SignInApp;
    let bea: Member;

    before(async () => {
      stores = await Stores.open(driver);
      const { backends, database } = stores;
      app = await SignInApp.start(database.dataSourceOptions(), { backends, trustProxy: true });
      await app.add('ada');
      bea = await app.add('bea');
    });

    after(async () => {
      await app.close();
      await stores.close();
    });

    for (const name of NAMES) {
      describe(`by ${name}`, () => {
        it('signs in, and out for good', async () => {
          const signedIn = await app.signIn('ada', name);
          expect(await app.me(signedIn)).to.equal(200);
          expect((await app.http.post(`/auth/${name}/logout`, undefined, carried(signedIn))).status).to.equal(204);
          expect(await app.me(signedIn)).to.equal(401);
        });

        it('answers a bearer with its token and a cookie with 204 and one Set-Cookie', async () => {
          const answer = await app.login('ada', name);
          if (name.endsWith('cookie')) {
            expect(answer.status).to.equal(204);
            expect(answer.headers['set-cookie']).to.have.length(1);
          } else {
            expect(answer.status).to.equal(200);
            expect(answer.body).to.include({ token_type: 'bearer' });
            expect(answer.body.expires_in).to.equal(name === 'jwt' ? 900 : 14 * 24 * 3600);
          }
          expect(answer.headers['cache-control']).to.equal('no-store');
        });

        it('lists the session with the name of the backend', async () => {
          await app.users.manager.endSessions(bea);
          const signedIn = await app.signIn('bea', name, { headers: { 'user-agent': 'Firefox' } });
          const { body } = await app.http.get('/users/me/sessions', carried(signedIn));
          expect(body.items).to.have.length(1);
          expect((body.items as object[])[0]).to.include({ backend: name, current: true, userAgent: 'Firefox', ip: '127.0.0.1' });
        });

        for (const [deed, act] of DEEDS) {
          it(`refuses a session from the next request on after ${deed}`, async () => {
            const person = await app.add(`${name}-${deed.replaceAll(' ', '-')}`);
            const signedIn = await app.signIn(person.email.split('@', 1)[0] ?? '', name);
            await act(app, person);
            expect(await app.me(signedIn)).to.equal(401);
          });
        }

        it('does not revive a session when its user is activated again', async () => {
          const person = await app.add(`${name}-revived`);
          const signedIn = await app.signIn(`${name}-revived`, name);
          await app.users.manager.update(await app.users.manager.update(person, { isActive: false }), { isActive: true });
          expect(await app.me(signedIn)).to.equal(401);
          expect(await app.me(await app.signIn(`${name}-revived`, name))).to.equal(200);
        });

        it('keeps the session that changes its own password, and ends the others', async () => {
          await app.add(`${name}-changing`);
          const other = await app.signIn(`${name}-changing`, name);
          const own = await app.signIn(`${name}-changing`, name);
          for (const [currentPassword, password] of [
            ['a long enough password', 'another long password'],
            ['another long password', 'a third long password'],
          ]) {
            const { status } = await app.http.patch('/users/me', { password, currentPassword }, carried(own));
            expect(status).to.equal(200);
            expect(await app.me(own)).to.equal(200);
          }
          expect(await app.me(other)).to.equal(401);
        });
      });
    }

    it('lets the first good token decide, whatever else the request carries', async () => {
      const { cookie } = await app.signIn('ada', 'cookie');
      const { token } = await app.signIn('bea', 'opaque');
      const things = async (sent: object) => (await app.http.get('/things', sent)).body.of;
      expect(await things({ cookie, token: 'rubbish' })).to.equal('ada@example.com');
      expect(await things({ cookie, token })).to.equal('bea@example.com');
      expect(await things({ cookie: '__Host-session=rubbish', token })).to.equal('bea@example.com');
    });

    it('answers 401 for two Authorization headers, also beside a good cookie', async () => {
      const { cookie } = await app.signIn('ada', 'cookie');
      const { token } = await app.signIn('ada', 'opaque');
      const { status } = await app.http.get('/things', {
        cookie,
        headers: { Authorization: [`Bearer ${token}`, 'Bearer x'] },
      });
      expect(status).to.equal(401);
      // As a proxy writes them that speaks HTTP/2 to the client.
      const lower = await app.http.get('/things', { headers: { authorization: [`Bearer ${token}`, `Bearer ${token}`] } });
      expect(lower.status).to.equal(401);
    });

    it('signs in whatever a proxy says of the client’s address', async () => {
      for (const address of [`fe80::1%${'a'.repeat(300)}`, 'x'.repeat(300), '', '::ffff:192.0.2.1', '[2001:db8::1]:4711']) {
        const signedIn = await app.signIn('ada', 'jwt', { headers: { 'x-forwarded-for': address } });
        expect(await app.me(signedIn)).to.equal(200);
      }
    });

    it('takes no token from a query or a body', async () => {
      const { token } = await app.signIn('ada', 'opaque');
      expect((await app.http.get(`/users/me?access_token=${token}&token=${token}`)).status).to.equal(401);
      expect((await app.http.post('/things', { access_token: token })).status).to.equal(401);
    });

    describe('signing out through another backend', () => {
      it('ends the session of the bearer token', async () => {
        const signedIn = await app.signIn('ada', 'jwt');
        expect((await app.http.post('/auth/opaque/logout', undefined, carried(signedIn))).status).to.equal(204);
        expect(await app.me(signedIn)).to.equal(401);
      });

      it('ends the session of the cookie, and clears it', async () => {
        const signedIn = await app.signIn('ada', 'cookie');
        const answer = await app.http.post('/users/logout', undefined, carried(signedIn));
        expect(answer.cookies).to.deep.equal({ '__Host-session': '' });
        expect(answer.headers['set-cookie']?.[0]).to.include('Max-Age=0');
        expect(await app.me(signedIn)).to.equal(401);
      });

      it('ends both sessions where a token and cookies came', async () => {
        const { token } = await app.signIn('ada', 'jwt');
        const { cookie } = await app.signIn('ada', 'cookie');
        const { cookie: second } = await app.signIn('ada', 'jwt-cookie');
        const both = { token, cookie: `${cookie}; ${second}` };
        const answer = await app.http.post('/users/logout', undefined, both);
        expect(answer.cookies).to.deep.equal({ '__Host-session': '', '__Host-jwt': '' });
        expect(await app.me({ token })).to.equal(401);
        expect(await app.me({ cookie })).to.equal(401);
        expect(await app.me({ cookie: second })).to.equal(401);
      });

      it('leaves the cookie of a request from another site alone', async () => {
        const { token } = await app.signIn('ada', 'jwt');
        const signedIn = await app.signIn('bea', 'cookie');
        const sent = { token, cookie: signedIn.cookie, headers: OTHER_SITE };
        expect((await app.http.post('/auth/cookie/logout', undefined, sent)).code).to.equal('CSRF_REJECTED');
        const answer = await app.http.post('/users/logout', undefined, sent);
        expect(answer.status).to.equal(204);
        expect(answer.cookies).to.deep.equal({});
        expect(await app.me(signedIn)).to.equal(200);
      });
    });

    describe('signing in where a cookie came along', () => {
      for (const name of NAMES) {
        it(`ends the session of the cookie: by ${name}`, async () => {
          const former = await app.signIn('ada', 'cookie');
          const now = await app.signIn('bea', name, carried(former));
          expect(await app.me(former)).to.equal(401);
          expect(await app.me(now)).to.equal(200);
        });
      }

      it('ends those of all cookies', async () => {
        const one = await app.signIn('ada', 'cookie');
        const other = await app.signIn('ada', 'jwt-cookie');
        await app.signIn('ada', 'jwt', { cookie: `${one.cookie}; ${other.cookie}` });
        expect([await app.me(one), await app.me(other)]).to.deep.equal([401, 401]);
      });

      it('makes a new session, whatever cookie came', async () => {
        const planted = 'rcu_st_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
        const { cookies } = await app.login('ada', 'cookie', { cookie: `__Host-session=${planted}` });
        expect(cookies['__Host-session']).to.be.a('string').that.is.not.equal(planted);
      });

      it('keeps the session of the cookie when another site sends the sign-in', async () => {
        const former = await app.signIn('ada', 'cookie');
        const { status } = await app.login('bea', 'jwt', { ...carried(former), headers: OTHER_SITE });
        expect(status).to.equal(200);
        expect(await app.me(former)).to.equal(200);
      });

      it('keeps the session of a bearer token', async () => {
        const former = await app.signIn('ada', 'jwt');
        await app.signIn('ada', 'opaque', carried(former));
        expect(await app.me(former)).to.equal(200);
      });
    });
  });
});
