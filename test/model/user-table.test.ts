import { expect } from 'chai';
import type { UserTable } from '../../src/model/index.js';
import { contextOf } from '../../src/setup/context-of.js';
import { forEachDriver } from '../support/databases.js';
import type { User } from '../support/user.entity.js';
import { emailOf, twentyAtOnce, UsersApp } from '../support/users-app.js';

describe('UserTable', () => {
  forEachDriver((driver) => {
    let app: UsersApp;
    let table: UserTable<User>;
    before(async () => {
      app = await UsersApp.start(driver);
      table = contextOf(app.users).table;
    });
    after(() => app.close());

    it('finds by every value, null among them, and nobody by none that fits', async () => {
      const ada = await app.add('ada', { userName: 'ada' });
      const ben = await app.add('ben');
      expect((await table.find({ email: emailOf('ada') }))?.id).to.equal(ada.id);
      expect((await table.find({ id: ben.id, userName: null }))?.id).to.equal(ben.id);
      expect(await table.find({ id: ada.id, userName: null })).to.equal(null);
      expect(await table.find({ email: emailOf('nobody') })).to.equal(null);
    });

    it('throws where a value is undefined, which would let every row pass', async () => {
      const cyd = await app.add('cyd');
      const undefinedCriteria = [
        () => table.find({ id: undefined }),
        () => table.findWithSecrets({ email: undefined }),
        () => table.update(cyd.id, { firstName: 'X' }, { securityStamp: undefined }),
        () => table.update(undefined as never, { firstName: 'X' }),
        () => table.delete(undefined as never),
      ];
      for (const work of undefinedCriteria) {
        const error: unknown = await work().then(
          () => undefined,
          (reason: unknown) => reason,
        );
        expect(error).to.be.instanceOf(TypeError);
      }
      expect((await app.row(cyd.id)).firstName).to.equal('');
    });

    it('gives what is never selected apart from the user', async () => {
      await app.add('dot');
      const found = await table.findWithSecrets({ email: emailOf('dot') });
      expect(found?.secrets.hashedPassword).to.be.a('string');
      expect(found?.secrets.securityStamp).to.have.length(43);
      expect(found?.user).not.to.have.any.keys('hashedPassword', 'securityStamp', 'pendingEmailStamp');
    });

    it('changes the named columns alone, where the conditions hold', async () => {
      const eva = await app.add('eva', { firstName: 'Eva' });
      expect(await table.update(eva.id, { firstName: 'E' }, { email: emailOf('another') })).to.equal(false);
      expect(await table.update(eva.id, { firstName: 'E' }, { email: eva.email, userName: null })).to.equal(true);
      expect(await app.row(eva.id)).to.include({ firstName: 'E', email: eva.email, isActive: true });
    });

    it('says that a change held which changed nothing', async () => {
      const fay = await app.add('fay', { firstName: 'Fay' });
      expect(await table.update(fay.id, { firstName: 'Fay' })).to.equal(true);
    });

    it('lets one of twenty conditional changes at once hold', async () => {
      const gus = await app.add('gus');
      const held = await twentyAtOnce((index) => table.update(gus.id, { firstName: `G${index}` }, { firstName: '' }));
      expect(held.filter(Boolean)).to.have.length(1);
    });

    it('deletes once', async () => {
      const hal = await app.add('hal');
      expect(await table.delete(hal.id)).to.equal(true);
      expect(await table.delete(hal.id)).to.equal(false);
    });
  });
});
