import { expect } from 'chai';
import type { Request, Response } from 'express';
import { forEachDriver } from '../support/databases.js';
import type { Member } from '../support/member.entity.js';
import { SignInApp } from '../support/sign-in-app.js';
import { type SignedIn } from '../support/sign-in-client.js';
import { availableBackends, REDIS_URL, Stores } from '../support/stores.js';

describe('sessions.maxSessions', () => {
  forEachDriver((driver) => {
    let stores: Stores;
    let app: SignInApp;
    let count = 0;
    let name: string;
    let ada: Member;

    before(async () => {
      stores = await Stores.open(driver);
      const { backends, database } = stores;
      app = await SignInApp.start(database.dataSourceOptions(), { backends, sessions: { maxSessions: 2 } });
    });

    beforeEach(async () => {
      count += 1;
      name = `ada-${count}`;
      ada = await app.add(name);
    });

    after(async () => {
      await app.close();
      await stores.close();
    });

    async function alive(...all: SignedIn[]): Promise<number[]> {
      return Promise.all(all.map((signedIn) => app.me(signedIn)));
    }

    async function signInLater(backend: string): Promise<SignedIn> {
      app.clock.advance({ minutes: 2 });
      return app.signIn(name, backend);
    }

    for (const backend of availableBackends('jwt', 'cookie', 'redis')) {
      it(`ends the one that was used longest ago: by ${backend}`, async () => {
        const first = await signInLater(backend === 'jwt' ? 'jwt-cookie' : backend);
        const second = await signInLater(backend);
        app.clock.advance({ minutes: 2 });
        await app.me(first);
        await app.users.close();
        const third = await signInLater(backend);
        expect(await alive(first, second, third)).to.deep.equal([200, 401, 200]);
      });
    }

    it('counts the sessions of all backends together', async () => {
      const names = ['jwt-cookie', 'cookie', REDIS_URL === undefined ? 'opaque' : 'redis', 'opaque'];
      const all: SignedIn[] = [];
      for (const backend of names) all.push(await signInLater(backend));
      expect(await alive(...all)).to.deep.equal([401, 401, 200, 200]);
    });

    it('leaves the newest of those that were used at one time', async () => {
      const all: SignedIn[] = [];
      for (let index = 0; index < 4; index += 1) all.push(await app.signIn(name, 'opaque'));
      expect(await alive(...all)).to.deep.equal([401, 401, 200, 200]);
    });

    it('ends one with a sign-in inside a transaction of the app, and none where that is rolled back', async () => {
      const cookie = await signInLater('cookie');
      const bearer = await signInLater('jwt');
      app.clock.advance({ minutes: 2 });
      const response = { setHeader: () => undefined } as unknown as Response;
      const signInWithin = (headers: object, end: () => void) =>
        app.dataSource.transaction(async (manager) => {
          const request = { method: 'POST', headers, rawHeaders: [], ip: '192.0.2.1', socket: {} } as unknown as Request;
          await app.users.manager.withManager(manager).signIn(ada, request, response);
          end();
        });
      const failure = new Error('the app changed its mind');
      const outcome = signInWithin({ cookie: cookie.cookie }, () => {
        throw failure;
      });
      expect(await outcome.catch((error: unknown) => error)).to.equal(failure);
      expect(await alive(cookie, bearer)).to.deep.equal([200, 200]);
      // When each was used is written beside its request.
      await app.users.close();
      await signInWithin({}, () => undefined);
      expect(await alive(cookie, bearer)).to.deep.equal([401, 200]);
      expect(await app.users.manager.listSessions(ada)).to.have.length(2);
    });

    it('leaves no more when several sign in at once', async () => {
      const all = await Promise.all(Array.from({ length: 6 }, () => app.signIn(name, 'jwt')));
      const statuses = await alive(...all);
      expect(statuses.filter((status) => status === 200)).to.have.length(2);
      expect(await app.users.manager.listSessions(ada)).to.have.length(2);
    });

    it('counts one person only', async () => {
      const first = await app.signIn(name);
      await app.add(`other-${count}`);
      for (let index = 0; index < 3; index += 1) await app.signIn(`other-${count}`);
      expect(await alive(first)).to.deep.equal([200]);
    });
  });
});
