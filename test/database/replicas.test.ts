import { expect } from 'chai';
import { type Driver, forEachDriver, type TestDatabase } from '../support/databases.js';
import { tally, twentyAtOnce, UsersApp } from '../support/users-app.js';

/** A DataSource whose reads go to another database, which hears of nothing: a replica that is behind. */
function behind(driver: Driver, replica: TestDatabase): Driver {
  return {
    ...driver,
    async createDatabase() {
      const database = await driver.createDatabase();
      const replication = { master: { url: database.url }, slaves: [{ url: replica.url }] };
      return { ...database, dataSourceOptions: () => Object.assign(database.dataSourceOptions(), { replication }) };
    },
  };
}

describe('a replica that is behind', () => {
  forEachDriver((driver) => {
    if (driver.name === 'better-sqlite3') return;
    let replica: TestDatabase;
    let app: UsersApp;

    before(async () => {
      replica = await driver.createDatabase();
      app = await UsersApp.start(behind(driver, replica));
    });
    after(async () => {
      await app.close();
      await replica.drop();
    });

    it('is not asked by the library, whatever TypeORM would do', async () => {
      const sue = await app.add('sue', { isSuperuser: true });
      const answers = await twentyAtOnce(() => app.login('sue'));
      expect(tally(answers)).to.deep.equal({ 200: 20 });
      const token = await app.tokenOf(sue);
      for (const path of ['/users/me', `/users/${sue.id}`]) {
        expect((await app.http.get(path, { token })).body, path).to.include({ id: sue.id });
      }
      for (const path of ['/users', '/users?search=sue', '/users/me/sessions']) {
        expect((await app.http.get(path, { token })).body.items, path).to.not.deep.equal([]);
      }
      const bob = await app.add('bob');
      expect(await app.users.manager.findByEmail(bob.email)).to.include({ id: bob.id });
      expect((await app.http.patch(`/users/${bob.id}`, { email: sue.email }, { token })).code).to.equal(
        'UPDATE_USER_EMAIL_ALREADY_EXISTS',
      );
      await app.users.manager.setPassword(sue, 'another long password');
      expect((await app.login('sue')).code).to.equal('LOGIN_BAD_CREDENTIALS');
    });
  });
});
