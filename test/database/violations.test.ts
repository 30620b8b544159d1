import { expect } from 'chai';
import { forEachDriver } from '../support/databases.js';
import { User } from '../support/user.entity.js';
import { emailOf, PASSWORD, UsersApp } from '../support/users-app.js';

/** As where another tool made the tables. */
async function renameIndexes({ dataSource }: UsersApp): Promise<void> {
  for (const { name, columns } of dataSource.getMetadata(User).indices) {
    const other = `people_${columns[0]?.propertyName}_key`;
    if (dataSource.options.type === 'postgres') await dataSource.query(`ALTER INDEX "${name}" RENAME TO "${other}"`);
    else await dataSource.query(`ALTER TABLE people RENAME INDEX ${name} TO ${other}`);
  }
}

describe('a unique index whose name TypeORM does not know', () => {
  forEachDriver((driver) => {
    // SQLite names the columns.
    if (driver.name === 'better-sqlite3') return;
    let app: UsersApp;
    let ada: User;
    let bob: User;

    before(async () => {
      app = await UsersApp.start(driver, { emailChange: 'immediate' });
      await renameIndexes(app);
      ada = await app.add('ada', { userName: 'ada' });
      bob = await app.add('bob');
    });
    after(() => app.close());

    const register = (body: object) => app.http.post('/users/register', { password: PASSWORD, ...body });
    const refusal = (changes: { email?: string; userName?: string }) =>
      app.users.manager.update(bob, changes).catch((error: unknown) => error);
    // MySQL tells the index alone.
    const field = driver.name === 'postgres' ? 'userName' : 'body';
    const messages = [driver.name === 'postgres' ? 'userName is taken' : 'a value is taken'];

    it('is no taken address where it is of a field of the app', async () => {
      const answer = await register({ email: emailOf('new'), userName: 'ada' });
      expect([answer.status, answer.body.errors]).to.deep.equal([422, [{ field, messages }]]);
      for (const changes of [{ userName: 'ada' }, { userName: 'ada', email: emailOf('free') }])
        expect(await refusal(changes)).to.deep.include({ status: 422, errors: [{ field, messages }] });
    });

    it('is a taken address where the address was set, and is taken', async () => {
      expect((await register({ email: ada.email })).code).to.equal('REGISTER_USER_ALREADY_EXISTS');
      expect(await refusal({ email: ada.email })).to.include({ code: 'UPDATE_USER_EMAIL_ALREADY_EXISTS' });
    });
  });
});
