import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { forEachDriver } from '../support/databases.js';
import { User } from '../support/user.entity.js';
import { emailOf, PASSWORD, tally, twentyAtOnce, UsersApp } from '../support/users-app.js';

const PATIENCE_MS = 5000;

describe('a pool with two connections', () => {
  forEachDriver((driver) => {
    let app: UsersApp;
    before(async () => {
      app = await UsersApp.start(driver, { connection: { poolSize: 2 } });
    });
    after(() => app.close());

    it('serves twenty at once', async () => {
      const answers = await twentyAtOnce((index) =>
        app.http.post('/users/register', { email: emailOf(`ada-${index}`), password: PASSWORD }),
      );
      expect(tally(answers)).to.deep.equal({ 201: 20 });
    });

    it('lets hooks have one that run after transactions of the app’s, as many of them as there are', async () => {
      app.hooks.clear();
      const counts: number[] = [];
      app.hooks.deeds.set('afterRegister', async () => {
        counts.push(await app.dataSource.getRepository(User).count());
      });
      // On SQLite, where there is one connection, transactions at once are one.
      const names = driver.name === 'better-sqlite3' ? ['eve'] : ['eve', 'fay', 'gus', 'hal'];
      const all = names.map((name) =>
        app.dataSource.transaction((manager) =>
          app.users.manager.withManager(manager).create({ email: emailOf(name), password: PASSWORD }),
        ),
      );
      const outcome = await Promise.race([Promise.all(all), sleep(PATIENCE_MS, 'they wait', { ref: false })]);
      expect(outcome).to.have.length(names.length);
      expect(counts).to.have.length(names.length);
    });
  });
});
