import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { Database } from '../../src/database/index.js';
import { databaseBackends } from '../support/backends.js';
import { forEachDriver, type TestDatabase } from '../support/databases.js';
import type { Answer } from '../support/http-client.js';
import { SignInApp } from '../support/sign-in-app.js';
import { carried, emailOf, PASSWORD, type SignedIn } from '../support/sign-in-client.js';

/** On SQLite all requests share one connection, and with it the transaction that one of them has open. */
describe('what is done while the transaction of another request is open that is rolled back', () => {
  forEachDriver((driver) => {
    let database: TestDatabase;
    let app: SignInApp;
    let signedIn: SignedIn;

    beforeEach(async () => {
      database = await driver.createDatabase();
      app = await SignInApp.start(database.dataSourceOptions(), { backends: databaseBackends() });
      await app.add('ada');
      signedIn = await app.signIn('ada');
    });
    afterEach(async () => {
      await app.close();
      await database.drop();
    });

    async function meanwhile(work: () => Promise<Answer>): Promise<number | undefined> {
      let answer: Promise<Answer> | undefined;
      const failing = Database.of(app.dataSource).transaction(async (manager) => {
        await manager.query('SELECT 1');
        answer = work();
        await sleep(100);
        throw new Error('rolled back');
      });
      expect(await failing.catch((error: Error) => error.message)).to.equal('rolled back');
      return (await answer)?.status;
    }

    it('holds: a logout', async () => {
      expect(await meanwhile(() => app.http.post('/users/logout', undefined, carried(signedIn)))).to.equal(204);
      expect(await app.me(signedIn)).to.equal(401);
    });

    it('holds: a login', async () => {
      let token: unknown;
      const login = async () => {
        const answer = await app.login('ada', 'opaque');
        token = answer.body.access_token;
        return answer;
      };
      expect(await meanwhile(login)).to.equal(200);
      expect(await app.me({ token: String(token) })).to.equal(200);
    });

    it('holds: a new password, which ends the other sessions', async () => {
      const own = carried(await app.signIn('ada'));
      const body = { password: 'another long password', currentPassword: PASSWORD };
      expect(await meanwhile(() => app.http.patch('/users/me', body, own))).to.equal(200);
      expect(await app.me(signedIn)).to.equal(401);
      const login = { email: emailOf('ada'), password: body.password };
      expect((await app.http.post('/users/login', login)).status).to.equal(200);
    });
  });
});
