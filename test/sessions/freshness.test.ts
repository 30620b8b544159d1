import { expect } from 'chai';
import { forEachDriver } from '../support/databases.js';
import type { Answer } from '../support/http-client.js';
import { SignInApp } from '../support/sign-in-app.js';
import { carried, emailOf, PASSWORD, type SignedIn, signedInBy } from '../support/sign-in-client.js';
import { availableBackends, Stores } from '../support/stores.js';

const BACKENDS = availableBackends('opaque', 'jwt-cookie', 'cookie', 'redis');

describe('a fresh session', () => {
  forEachDriver((driver) => {
    let stores: Stores;
    let app: SignInApp;
    let count = 0;
    let name: string;

    before(async () => {
      stores = await Stores.open(driver);
      const { backends, database } = stores;
      app = await SignInApp.start(database.dataSourceOptions(), { backends });
    });

    beforeEach(async () => {
      count += 1;
      name = `ada-${count}`;
    });

    after(async () => {
      await app.close();
      await stores.close();
    });

    function addFresh(signedIn: SignedIn): Promise<Answer> {
      return app.http.post('/things/fresh', {}, carried(signedIn));
    }

    function reauthenticate(signedIn: SignedIn, password: unknown): Promise<Answer> {
      return app.http.post('/users/me/reauthenticate', { password }, carried(signedIn));
    }

    for (const backend of BACKENDS) {
      it(`lasts for 5 minutes, and 5 more once the password was shown again: by ${backend}`, async () => {
        await app.add(name);
        const signedIn = await app.signIn(name, backend);
        app.clock.advance({ minutes: 5 });
        expect((await addFresh(signedIn)).status).to.equal(200);
        app.clock.advance({ seconds: 1 });
        const stale = await addFresh(signedIn);
        expect([stale.status, stale.code]).to.deep.equal([403, 'REAUTHENTICATION_REQUIRED']);
        expect((await reauthenticate(signedIn, PASSWORD)).status).to.equal(204);
        app.clock.advance({ minutes: 5 });
        expect((await addFresh(signedIn)).status).to.equal(200);
        app.clock.advance({ seconds: 1 });
        expect((await addFresh(signedIn)).status).to.equal(403);
      });
    }

    it('is refused to nobody by 401, and to a wrong password by REAUTHENTICATE_BAD_PASSWORD', async () => {
      await app.add(name);
      const signedIn = await app.signIn(name);
      app.clock.advance({ minutes: 6 });
      expect((await addFresh({})).status).to.equal(401);
      expect((await app.http.post('/users/me/reauthenticate', { password: PASSWORD })).status).to.equal(401);
      const fresh = await app.signIn(name);
      const wrong = await reauthenticate(fresh, 'wrong');
      expect([wrong.status, wrong.code]).to.deep.equal([400, 'REAUTHENTICATE_BAD_PASSWORD']);
      expect((await reauthenticate(fresh, 1)).status).to.equal(422);
      expect((await app.http.post('/users/me/reauthenticate', {}, carried(fresh))).status).to.equal(422);
      expect(await app.me(signedIn)).to.equal(200);
    });

    it('is one session, not its person', async () => {
      await app.add(name);
      const stale = await app.signIn(name);
      app.clock.advance({ minutes: 6 });
      const fresh = await app.signIn(name);
      expect((await addFresh(fresh)).status).to.equal(200);
      expect((await addFresh(stale)).status).to.equal(403);
      expect((await reauthenticate(fresh, PASSWORD)).status).to.equal(204);
      expect((await addFresh(stale)).status).to.equal(403);
    });

    describe('of a person without a password', () => {
      async function signInWithout(): Promise<SignedIn> {
        await app.add(name, { password: null });
        return signedInBy(await app.http.post(`/things/sign-in/${emailOf(name)}`));
      }

      it('sets the first password, changes the address and deletes the account', async () => {
        const signedIn = await signInWithout();
        const first = await app.http.patch('/users/me', { email: `new-${emailOf(name)}` }, carried(signedIn));
        expect([first.status, first.body.pendingEmail]).to.deep.equal([200, `new-${emailOf(name)}`]);
        const second = await app.http.patch('/users/me', { password: PASSWORD }, carried(signedIn));
        expect([second.status, second.body.hasPassword]).to.deep.equal([200, true]);
        expect(await app.me(signedIn)).to.equal(200);
        expect((await app.login(name, 'jwt')).status).to.equal(200);
      });

      it('is needed for each of these', async () => {
        const signedIn = await signInWithout();
        app.clock.advance({ minutes: 6 });
        for (const answer of [
          await app.http.patch('/users/me', { email: `new-${emailOf(name)}` }, carried(signedIn)),
          await app.http.patch('/users/me', { password: PASSWORD }, carried(signedIn)),
          await app.http.patch('/users/me', { password: PASSWORD, currentPassword: '' }, carried(signedIn)),
          await app.http.delete('/users/me', carried(signedIn)),
        ]) {
          expect([answer.status, answer.code]).to.deep.equal([403, 'REAUTHENTICATION_REQUIRED']);
        }
        for (const password of ['', 'null', PASSWORD]) {
          expect((await reauthenticate(signedIn, password)).code).to.equal('REAUTHENTICATE_BAD_PASSWORD');
          expect((await app.login(name, 'jwt')).code).to.equal('LOGIN_BAD_CREDENTIALS');
        }
        expect(await app.me(signedIn)).to.equal(200);
      });

      it('deletes the account', async () => {
        const signedIn = await signInWithout();
        expect((await app.http.delete('/users/me', carried(signedIn))).status).to.equal(204);
        expect(await app.me(signedIn)).to.equal(401);
      });
    });
  });
});
