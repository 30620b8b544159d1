import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { forEachDriver } from '../support/databases.js';
import { User } from '../support/user.entity.js';
import { emailOf, UsersApp } from '../support/users-app.js';

/** More than a statement takes that waits for nobody. */
const PATIENCE_MS = 2000;

describe('a superuser who may be the last', () => {
  forEachDriver((driver) => {
    let app: UsersApp;
    let sue: User;

    before(async () => {
      app = await UsersApp.start(driver);
      sue = await app.add('sue', { isSuperuser: true });
    });
    after(() => app.close());

    it('is kept, also where he became one after he was loaded', async () => {
      const { manager } = app.users;
      const bob = await app.add('bob');
      await manager.update(await manager.getById(bob.id), { isSuperuser: true });
      await manager.update(sue, { isSuperuser: false });
      for (const work of [() => manager.delete(bob), () => manager.update(bob, { isActive: false })]) {
        expect(await work().catch((error: unknown) => error)).to.include({ code: 'LAST_SUPERUSER' });
      }
      await manager.update(await manager.getById(sue.id), { isSuperuser: true });
      await manager.delete(bob);
    });

    it('is kept, whatever inactive superusers are there, and is told so before a password is asked for', async () => {
      await app.add('ina', { isSuperuser: true, isActive: false });
      for (const work of [
        () => app.users.manager.delete(sue),
        () => app.users.manager.update(sue, { isActive: false }),
        () => app.users.manager.deleteOwn(sue, 'wrong', { session: null }),
      ]) {
        expect(await work().catch((error: unknown) => error)).to.include({ code: 'LAST_SUPERUSER' });
      }
    });

    it('is not who is one no more, though there is no other', async () => {
      const [ida, zoe] = [await app.add('ida', { isSuperuser: true }), await app.add('zoe', { isSuperuser: true })];
      const people = app.dataSource.getRepository(User);
      await people.update([sue.id, ida.id], { isSuperuser: false });
      await people.update(zoe.id, { isActive: false });
      for (const user of [ida, zoe]) await app.users.manager.delete(user);
      await people.update(sue.id, { isSuperuser: true });
    });

    // SQLite has one lock for all.
    if (driver.name === 'better-sqlite3') return;

    it('is locked by nobody else who goes: others change and register meanwhile', async () => {
      const { manager } = app.users;
      const [ada, eve, ivan] = [await app.add('ada'), await app.add('eve'), await app.add('ivan')];
      let meanwhile: unknown;
      await app.dataSource.transaction(async (transaction) => {
        await manager.withManager(transaction).delete(eve);
        await manager.withManager(transaction).update(ivan, { isActive: false });
        const others = Promise.all([
          manager.update(ada, { firstName: 'Ada' }),
          manager.update(sue, { firstName: 'Sue' }),
          manager.create({ email: emailOf('new'), password: null }),
        ]);
        meanwhile = await Promise.race([others, sleep(PATIENCE_MS, 'they wait', { ref: false })]);
      });
      expect(meanwhile).to.be.an('array');
    });
  });
});
