import { expect } from 'chai';
import { forEachDriver } from '../support/databases.js';
import type { User } from '../support/user.entity.js';
import { emailOf, NEW_PASSWORD, PASSWORD, tally, twentyAtOnce, UsersApp } from '../support/users-app.js';

/** How often each event was told of. */
function kinds(app: UsersApp): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of app.hooks.events) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

describe('changes that several ask for at once', () => {
  forEachDriver((driver) => {
    let app: UsersApp;
    let superuser: string;
    let count = 0;
    let ada: User;

    before(async () => {
      app = await UsersApp.start(driver);
      superuser = await app.tokenOf(await app.add('sue', { isSuperuser: true }));
    });
    beforeEach(async () => {
      app.hooks.clear();
      count += 1;
      ada = await app.add(`ada-${count}`, { isVerified: false });
    });
    after(() => app.close());

    it('are told by the one who made them', async () => {
      const answers = await twentyAtOnce(() =>
        app.http.patch(`/users/${ada.id}`, { isActive: false, isSuperuser: true }, { token: superuser }),
      );
      expect(tally(answers)).to.deep.equal({ 200: 20 });
      expect(kinds(app)).to.deep.equal({ deactivated: 1, 'roles-changed': 1 });
      const told = app.hooks.calls.filter(({ name }) => name === 'afterUpdate').map(({ args }) => args[1]);
      expect(told.filter((changes) => JSON.stringify(changes) !== '{}')).to.deep.equal([{ isActive: false, isSuperuser: true }]);
    });

    it('of the address are told to each that another took the place of', async () => {
      const addresses = Array.from({ length: 20 }, (_, index) => emailOf(`ada-${count}-${index}`));
      await twentyAtOnce((index) => app.http.patch(`/users/${ada.id}`, { email: addresses[index] }, { token: superuser }));
      const previous = app.hooks.calls.filter(({ name }) => name === 'afterEmailChange').map(({ args }) => args[1]);
      const { email } = await app.users.manager.getById(ada.id);
      expect([...previous, email].sort()).to.deep.equal([ada.email, ...addresses].sort());
      expect(kinds(app)).to.deep.equal({ 'email-changed': 20 });
    });

    it('verify an address once: by its own link while one for a new password is taken', async () => {
      const { manager } = app.users;
      await manager.requestVerify(ada.email);
      const verify = await app.outbox.token(ada.email, 'verify');
      await manager.forgotPassword(ada.email);
      const reset = await app.outbox.token(ada.email, 'reset-password');
      app.hooks.clear();
      app.hooks.deeds.set('validatePassword', () => manager.verify(verify));
      await manager.resetPassword(reset, NEW_PASSWORD);
      expect(kinds(app)).to.deep.equal({ verified: 1, 'password-reset': 1 });
      expect(app.hooks.names().filter((name) => name === 'afterVerify')).to.have.length(1);
    });

    it('verify an account once: by its own link while that of a new address is taken', async () => {
      const { manager } = app.users;
      await manager.requestVerify(ada.email);
      const verify = await app.outbox.token(ada.email, 'verify');
      const email = emailOf(`new-${count}`);
      await manager.updateOwn(ada, { email, currentPassword: PASSWORD }, { session: null });
      const change = await app.outbox.token(email, 'change-email');
      app.hooks.clear();
      // Once the owner of the one link has been read, and before anything is written.
      const subscriber = {
        async afterQuery({ query }: { query: string }): Promise<void> {
          if (!/^SELECT .*people/s.test(query)) return;
          app.dataSource.subscribers.splice(app.dataSource.subscribers.indexOf(subscriber), 1);
          await manager.verify(verify);
        },
      };
      app.dataSource.subscribers.push(subscriber);
      expect(await manager.verify(change)).to.include({ email, isVerified: true });
      expect(kinds(app)).to.deep.equal({ verified: 1, 'email-changed': 1 });
    });
  });
});
