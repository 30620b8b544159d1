import { expect } from 'chai';
import { contextOf } from '../../src/setup/context-of.js';
import { forEachDriver } from '../support/databases.js';
import { SignInApp } from '../support/sign-in-app.js';
import { carried, emailOf, type SignedIn } from '../support/sign-in-client.js';
import { availableBackends, Stores } from '../support/stores.js';

const BACKENDS = availableBackends('jwt', 'cookie', 'redis');

interface Listed {
  id: string;
  backend: string;
  createdAt: string;
  lastSeenAt: string;
  expiresAt: string;
  ip: string;
  userAgent: string | null;
  current: boolean;
}

describe('sessions', () => {
  forEachDriver((driver) => {
    let stores: Stores;
    let app: SignInApp;
    let count = 0;
    let name: string;

    before(async () => {
      stores = await Stores.open(driver);
      const { backends, database } = stores;
      app = await SignInApp.start(database.dataSourceOptions(), { backends });
      await app.add('bea');
      await app.add('sue', { isSuperuser: true });
    });

    beforeEach(async () => {
      count += 1;
      name = `ada-${count}`;
      await app.add(name);
    });

    after(async () => {
      await app.close();
      await stores.close();
    });

    async function list(signedIn: SignedIn): Promise<Listed[]> {
      const { status, body } = await app.http.get('/users/me/sessions', carried(signedIn));
      expect(status).to.equal(200);
      return body.items as Listed[];
    }

    describe('GET /users/me/sessions', () => {
      it('lists those of all backends, newest first, and marks the current one', async () => {
        const all: SignedIn[] = [];
        for (const backend of BACKENDS) {
          all.push(await app.signIn(name, backend));
          app.clock.advance({ seconds: 1 });
        }
        for (const [index, signedIn] of all.entries()) {
          const listed = await list(signedIn);
          expect(listed.map(({ backend }) => backend)).to.deep.equal([...BACKENDS].reverse());
          expect(
            listed
              .map(({ current }) => current)
              .reverse()
              .indexOf(true),
          ).to.equal(index);
          expect(listed.filter(({ current }) => current)).to.have.length(1);
        }
      });

      it('tells times and origin of each, and no token, digest or stamp', async () => {
        const now = app.clock.now();
        const [session] = await list(await app.signIn(name, 'jwt', { headers: { 'user-agent': 'Firefox' } }));
        const { id, ...rest } = session ?? {};
        expect(id).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
        expect(rest).to.deep.equal({
          backend: 'jwt',
          createdAt: now.toISOString(),
          lastSeenAt: now.toISOString(),
          expiresAt: new Date(now.getTime() + 14 * 24 * 3600 * 1000).toISOString(),
          ip: '127.0.0.1',
          userAgent: 'Firefox',
          current: true,
        });
      });

      it('answers 401 to nobody', async () => {
        expect((await app.http.get('/users/me/sessions')).status).to.equal(401);
      });

      for (const backend of BACKENDS) {
        it(`leaves out those that are over: by ${backend}`, async () => {
          await app.signIn(name, backend);
          app.clock.advance({ days: 14 });
          const signedIn = await app.signIn(name, backend);
          expect(await list(signedIn)).to.have.length(1);
        });
      }
    });

    it('does not list one of a sign-in that a change of password overtook', async () => {
      const { sessions } = contextOf(app.users);
      const signedIn = await app.signIn(name);
      const ada = await app.users.manager.findByEmail(emailOf(name));
      const facts = { backend: 'jwt', amr: ['pwd'], ip: null, userAgent: null };
      await sessions.database.create(sessions.draft(ada?.id ?? '', 'a stamp of before', facts));
      expect(await list(signedIn)).to.have.length(1);
    });

    describe('DELETE /users/me/sessions/:id', () => {
      for (const backend of BACKENDS) {
        it(`ends one, from the next request on: by ${backend}`, async () => {
          const other = await app.signIn(name, backend);
          const own = await app.signIn(name, 'jwt');
          const id = (await list(own)).find(({ current }) => !current)?.id ?? '';
          expect((await app.http.delete(`/users/me/sessions/${id}`, carried(own))).status).to.equal(204);
          expect(await app.me(other)).to.equal(401);
          expect(await app.me(own)).to.equal(200);
          expect((await app.http.delete(`/users/me/sessions/${id}`, carried(own))).status).to.equal(404);
        });

        it(`answers 404 for another's, which goes on: by ${backend}`, async () => {
          const beas = await app.signIn('bea', backend);
          const id = (await list(beas)).find(({ current }) => current)?.id ?? '';
          const answer = await app.http.delete(`/users/me/sessions/${id}`, carried(await app.signIn(name)));
          expect([answer.status, answer.code]).to.deep.equal([404, 'NOT_FOUND']);
          expect(await app.me(beas)).to.equal(200);
        });
      }

      it('takes the id in capitals too', async () => {
        const own = await app.signIn(name);
        const [session] = await list(own);
        const path = `/users/me/sessions/${session?.id.toUpperCase()}`;
        expect((await app.http.delete(path, carried(own))).status).to.equal(204);
      });

      it('ends the current one too', async () => {
        const own = await app.signIn(name);
        const [session] = await list(own);
        expect((await app.http.delete(`/users/me/sessions/${session?.id}`, carried(own))).status).to.equal(204);
        expect(await app.me(own)).to.equal(401);
      });

      for (const id of ['x', '1', '%20', "'", '%00', '00000000-0000-0000-0000-000000000000', 'a'.repeat(300)]) {
        it(`answers 404 for ${id.slice(0, 40)}, which is the id of none`, async () => {
          const answer = await app.http.delete(`/users/me/sessions/${id}`, carried(await app.signIn(name)));
          expect([answer.status, answer.code]).to.deep.equal([404, 'NOT_FOUND']);
        });
      }
    });

    describe('DELETE /users/me/sessions', () => {
      it('ends all but the current one, over all backends', async () => {
        const others = await Promise.all(BACKENDS.map((backend) => app.signIn(name, backend)));
        for (const backend of BACKENDS) {
          const own = await app.signIn(name, backend);
          expect((await app.http.delete('/users/me/sessions', carried(own))).status).to.equal(204);
          expect(await Promise.all(others.map((other) => app.me(other)))).to.deep.equal(others.map(() => 401));
          expect(await list(own)).to.have.length(1);
          others.push(own);
        }
      });
    });

    describe('DELETE /users/:id/sessions', () => {
      it('ends all of a user, over all backends, for a superuser', async () => {
        const all = await Promise.all(BACKENDS.map((backend) => app.signIn(name, backend)));
        const path = `/users/${(await app.users.manager.findByEmail(emailOf(name)))?.id}/sessions`;
        expect((await app.http.delete(path)).status).to.equal(401);
        expect((await app.http.delete(path, carried(await app.signIn('bea')))).status).to.equal(403);
        const superuser = carried(await app.signIn('sue'));
        expect((await app.http.delete('/users/nobody/sessions', superuser)).status).to.equal(404);
        expect((await app.http.delete(path, superuser)).status).to.equal(204);
        expect(await Promise.all(all.map((one) => app.me(one)))).to.deep.equal(all.map(() => 401));
      });
    });

    it('are counted over all backends as they end', async () => {
      const ada = await app.users.manager.findByEmail(emailOf(name));
      for (const backend of BACKENDS) await app.signIn(name, backend);
      expect(await app.users.manager.endSessions(ada ?? expect.fail('there is no Ada'))).to.equal(BACKENDS.length);
    });

    for (const backend of BACKENDS) {
      it(`go on where somebody else's password changes, also when one of them was to stay then: by ${backend}`, async () => {
        const beas = await app.signIn('bea', backend);
        const ada = (await app.users.manager.findByEmail(emailOf(name))) ?? expect.fail('there is no Ada');
        const exceptSession = (await list(beas)).find(({ current }) => current)?.id ?? '';
        await app.users.manager.setPassword(ada, 'another long password', { exceptSession });
        expect(await app.me(beas)).to.equal(200);
      });

      describe(`the ends of a session by ${backend}`, () => {
        it('come 14 days after its last use', async () => {
          let signedIn = await app.signIn(name, backend);
          if (backend === 'jwt') signedIn = await app.signIn(name, 'jwt-cookie');
          app.clock.advance({ days: 13 });
          expect(await app.me(signedIn)).to.equal(200);
          await settled(app);
          app.clock.advance({ days: 13 });
          expect(await app.me(signedIn)).to.equal(200);
          await settled(app);
          app.clock.advance({ days: 4, seconds: 1 });
          expect(await app.me(signedIn), '30 days after sign-in').to.equal(401);
        });

        it('come without use', async () => {
          const signedIn = await app.signIn(name, backend === 'jwt' ? 'jwt-cookie' : backend);
          app.clock.advance({ days: 14 });
          expect(await app.me(signedIn)).to.equal(401);
        });
      });

      it(`writes lastSeenAt at most once a minute: by ${backend}`, async () => {
        const signedIn = await app.signIn(name, backend);
        const start = app.clock.now().toISOString();
        const lastSeen = async () => {
          await app.me(signedIn);
          await settled(app);
          return (await list(signedIn))[0]?.lastSeenAt;
        };
        app.clock.advance({ seconds: 59 });
        expect(await lastSeen()).to.equal(start);
        app.clock.advance({ seconds: 1 });
        const minute = app.clock.now().toISOString();
        expect(await lastSeen()).to.equal(minute);
        app.clock.advance({ seconds: 30 });
        expect(await lastSeen()).to.equal(minute);
      });
    }

    it('keeps 255 characters of a User-Agent, without control characters', async () => {
      const signedIn = await app.signIn(name, 'jwt', { headers: { 'user-agent': `\u0085\t${'é'.repeat(300)}` } });
      expect((await list(signedIn))[0]?.userAgent).to.equal('é'.repeat(255));
    });

    it('keeps none where none came', async () => {
      const [session] = await list(await app.signIn(name));
      expect(session?.userAgent).to.equal(null);
    });
  });
});

/** Waits for what runs beside requests, by the way that a shutdown does; the app goes on. */
async function settled(app: SignInApp): Promise<void> {
  await app.users.close();
}
