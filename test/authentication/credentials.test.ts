import { expect } from 'chai';
import type { CredentialsListener } from '../../src/authentication/index.js';
import { drivers } from '../support/databases.js';
import type { User } from '../support/user.entity.js';
import { NEW_PASSWORD, PASSWORD, UsersApp } from '../support/users-app.js';

const [driver] = drivers;

describe('a feature is told what became of credentials', () => {
  if (driver === undefined) return;
  let app: UsersApp;
  const told: object[] = [];
  before(async () => {
    const onCredentialsChanged: CredentialsListener<User> = async ({ user, stamp, ...change }) => {
      expect(stamp).to.have.length(43);
      told.push({ ...change, id: user.id });
    };
    app = await UsersApp.start(driver, { features: [{ name: 'book', setUp: () => ({ onCredentialsChanged }) }] });
  });
  after(() => app.close());
  beforeEach(() => {
    told.length = 0;
  });

  const reset = async (user: User) => {
    await app.users.manager.forgotPassword(user);
    const token = await app.outbox.token(user.email, 'reset-password');
    await app.http.post('/users/reset-password', { token, password: NEW_PASSWORD });
  };

  it('where a person changes his password: with the session that stays', async () => {
    const { id } = await app.add('ada');
    const { body } = await app.login('ada');
    const token = String(body.access_token);
    const [session] = await app.users.manager.listSessions(await app.users.manager.getById(id));
    await app.http.patch('/users/me', { password: NEW_PASSWORD, currentPassword: PASSWORD }, { token });
    expect(told).to.deep.equal([{ id, kind: 'password-changed', keepSession: session?.id }]);
  });

  it('where a password is reset: whether the mailbox was proved for the first time', async () => {
    const una = await app.add('una', { isVerified: false });
    await reset(una);
    await reset(una);
    expect(told).to.deep.equal([
      { id: una.id, kind: 'password-reset', isFirstProof: true },
      { id: una.id, kind: 'password-reset', isFirstProof: false },
    ]);
  });

  it('where an account is deactivated, and deleted', async () => {
    const ian = await app.add('ian');
    await app.users.manager.update(ian, { isActive: false });
    await app.users.manager.update(ian, { isActive: true });
    await app.users.manager.delete(ian);
    expect(told).to.deep.equal([
      { id: ian.id, kind: 'deactivated' },
      { id: ian.id, kind: 'deleted' },
    ]);
  });

  it('not where an address moves, a mailbox is proved, or a field changes', async () => {
    const bea = await app.add('bea', { isVerified: false });
    await app.users.manager.update(bea, { email: 'bea2@example.com', isVerified: true, firstName: 'Bea' });
    expect(told).to.deep.equal([]);
  });
});
