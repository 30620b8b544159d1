import { expect } from 'chai';
import { type EntityManager, QueryFailedError } from 'typeorm';
import { Database } from '../../src/database/index.js';
import { drivers, forEachDriver } from '../support/databases.js';
import { User } from '../support/user.entity.js';
import { emailOf, NEW_PASSWORD, PASSWORD, tally, twentyAtOnce, UsersApp } from '../support/users-app.js';

/** PostgreSQL looks for a deadlock once somebody has waited for so long. */
const EARLY_DEADLOCK = { extra: { options: '-c deadlock_timeout=50ms' } };

describe('work that the database breaks off for the sake of another', () => {
  forEachDriver((driver) => {
    // SQLite lets one in at a time.
    if (driver.name === 'better-sqlite3') return;

    it('is done all the same after a deadlock, and told of once', async () => {
      const app = await UsersApp.start(driver, { connection: driver.name === 'postgres' ? EARLY_DEADLOCK : {} });
      const token = await app.tokenOf(await app.add('sue', { isSuperuser: true }));
      const people = [await app.add('ada'), await app.add('bob')];
      const inside = new Set<string>();
      app.hooks.deeds.set('duringDelete', async ({ id }: User, manager: EntityManager) => {
        inside.add(id);
        // Each has locked one row by now, and wants the other's.
        await until(() => inside.size === 2);
        for (const other of people) if (other.id !== id) await manager.update(User, { id: other.id }, { note: 'seen' });
      });
      const answers = await Promise.all(people.map(({ id }) => app.http.delete(`/users/${id}`, { token })));
      expect(tally(answers)).to.deep.equal({ 204: 2 });
      expect(app.hooks.names().filter((name) => name === 'afterDelete')).to.have.length(2);
      expect(app.hooks.events.map(({ kind }) => kind)).to.deep.equal(['deleted', 'deleted']);
      await app.close();
    });
  });

  it('is for the app to begin anew where the transaction is the app’s', async () => {
    const [driver] = drivers.filter(({ available }) => available);
    if (driver === undefined) return;
    const app = await UsersApp.start(driver);
    const failure = new QueryFailedError('UPDATE', [], Object.assign(new Error('deadlock'), { code: '40P01' }));
    let calls = 0;
    const work = async () => {
      calls += 1;
      throw failure;
    };
    const outcome = app.dataSource.transaction((manager) => Database.of(app.dataSource).write(work, manager));
    expect(await outcome.catch((error: unknown) => error)).to.include({ code: 'SERVICE_UNAVAILABLE' });
    expect(calls).to.equal(1);
    await app.close();
  });

  const [postgres] = drivers.filter(({ name, available }) => name === 'postgres' && available);
  if (postgres === undefined) return;

  it('gets the answers that it gets elsewhere, on a PostgreSQL whose default isolation is serializable', async () => {
    const connection = { extra: { options: '-c default_transaction_isolation=serializable' } };
    const app = await UsersApp.start(postgres, { connection });
    const token = await app.tokenOf(await app.add('sue', { isSuperuser: true }));
    const body = { email: emailOf('ada'), password: PASSWORD };
    const registered = await twentyAtOnce(() => app.http.post('/users/register', body));
    expect(tally(registered)).to.deep.equal({ 201: 1, '400 REGISTER_USER_ALREADY_EXISTS': 19 });
    await app.http.post('/users/forgot-password', { email: emailOf('ada') });
    const reset = { token: await app.outbox.token(emailOf('ada')), password: NEW_PASSWORD };
    const resets = await twentyAtOnce(() => app.http.post('/users/reset-password', reset));
    expect(tally(resets)).to.deep.equal({ 204: 1, '400 RESET_PASSWORD_BAD_TOKEN': 19 });
    const logins = await twentyAtOnce(() => app.login('ada', NEW_PASSWORD));
    expect(tally(logins)).to.deep.equal({ 200: 20 });
    const refresh_token = logins[0]?.body.refresh_token;
    const refreshes = await twentyAtOnce(() => app.http.post('/users/refresh', { refresh_token }));
    expect(tally(refreshes)).to.deep.equal({ 200: 20 });
    const path = `/users/${(await app.users.manager.findByEmail(body.email))?.id}`;
    const deletions = await twentyAtOnce(() => app.http.delete(path, { token }));
    expect(tally(deletions)).to.deep.equal({ 204: 1, '404 NOT_FOUND': 19 });
    await app.close();
  });
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}
