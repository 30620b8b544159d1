import { expect } from 'chai';
import { systemClock } from '../../src/runtime/clock.js';
import { AppProcess } from '../support/app-process.js';
import { forEachDriver } from '../support/databases.js';
import { SignInApp } from '../support/sign-in-app.js';
import { carried, emailOf, PASSWORD, type SignedIn, signedInBy } from '../support/sign-in-client.js';
import { availableBackends, REDIS_URL, Stores } from '../support/stores.js';

const BACKENDS = availableBackends('jwt', 'opaque', 'cookie', 'jwt-cookie', 'redis', 'redis-cookie');

describe('two processes on one database', () => {
  forEachDriver((driver) => {
    let stores: Stores;
    let one: SignInApp;
    let other: AppProcess;
    let count = 0;
    let name: string;

    before(async () => {
      stores = await Stores.open(driver);
      const { backends, database } = stores;
      const options = database.dataSourceOptions();
      one = await SignInApp.start(options, { backends, clock: systemClock });
      await one.add('sue', { isSuperuser: true });
      other = await AppProcess.start({
        database: options,
        synchronize: false,
        ...(REDIS_URL === undefined ? {} : { redis: { url: REDIS_URL, prefix: database.name } }),
      });
    });

    beforeEach(async () => {
      count += 1;
      name = `ada-${count}`;
      await one.add(name);
    });

    after(async () => {
      await Promise.all([one?.close(), other?.stop()]);
      await stores.close();
    });

    for (const backend of BACKENDS) {
      it(`sign in, out, and end sessions for each other: by ${backend}`, async () => {
        const deeds: ((signedIn: SignedIn) => Promise<{ status: number }>)[] = [
          (signedIn) => one.http.post('/users/logout', undefined, carried(signedIn)),
          async () => one.http.delete('/users/me/sessions', carried(await one.signIn(name))),
          async () => {
            const body = { password: 'another long password', currentPassword: PASSWORD };
            return one.http.patch('/users/me', body, carried(await one.signIn(name)));
          },
        ];
        for (const deed of deeds) {
          const signedIn = await one.signIn(name, backend);
          expect(await other.me(signedIn)).to.equal(200);
          expect((await deed(signedIn)).status).to.be.oneOf([200, 204]);
          expect(await other.me(signedIn)).to.equal(401);
        }
      });

      it(`refuse a deactivated person and one who was deleted: by ${backend}`, async () => {
        const superuser = carried(await one.signIn('sue'));
        const id = (await one.users.manager.findByEmail(emailOf(name)))?.id;
        const deactivated = await other.signIn(name, backend);
        expect(await other.me(deactivated)).to.equal(200);
        expect((await one.http.patch(`/users/${id}`, { isActive: false }, superuser)).status).to.equal(200);
        expect(await other.me(deactivated)).to.equal(401);
        expect((await one.http.patch(`/users/${id}`, { isActive: true }, superuser)).status).to.equal(200);
        expect(await other.me(deactivated)).to.equal(401);
        const deleted = await other.signIn(name, backend);
        expect((await one.http.delete(`/users/${id}`, superuser)).status).to.equal(204);
        expect(await other.me(deleted)).to.equal(401);
      });
    }

    for (const backend of ['jwt', 'opaque']) {
      it(`give one successor to ten refreshes at once: by ${backend}`, async () => {
        const { refreshToken } = await one.signIn(name, backend);
        const answers = await Promise.all(
          Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? one : other).refresh(refreshToken)),
        );
        expect(answers.map(({ status }) => status)).to.deep.equal(new Array(10).fill(200));
        expect(new Set(answers.map(({ body }) => body.refresh_token))).to.have.length(1);
        for (const answer of answers) expect(await one.me(signedInBy(answer))).to.equal(200);
        // Its successor is used, so the first one ends the family.
        const [answer] = answers;
        const third = signedInBy(await other.refresh(answer?.body.refresh_token));
        expect((await one.refresh(refreshToken)).status).to.equal(401);
        expect(await other.me(third)).to.equal(401);
        expect((await other.refresh(third.refreshToken)).status).to.equal(401);
      });
    }
  });
});
