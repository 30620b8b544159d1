import { expect } from 'chai';
import { UserCreate } from '../../src/index.js';
import { drivers } from '../support/databases.js';
import { emailOf, PASSWORD, UsersApp } from '../support/users-app.js';

const [driver] = drivers;

describe('the option registration', () => {
  for (const registration of ['invite', 'closed'] as const) {
    describe(registration, () => {
      let app: UsersApp;
      before(async () => {
        if (driver !== undefined) app = await UsersApp.start(driver, { registration });
      });
      after(() => app.close());

      it('answers REGISTRATION_CLOSED to who registers, before the body is looked at', async () => {
        const answer = await app.http.post('/users/register', {});
        expect([answer.status, answer.code]).to.deep.equal([403, 'REGISTRATION_CLOSED']);
      });

      it(registration === 'invite' ? 'lets a superuser make users' : 'lets no superuser make users over HTTP', async () => {
        const token = await app.tokenOf(await app.add('sue', { isSuperuser: true }));
        const answer = await app.http.post('/users', { email: emailOf('new') }, { token });
        expect(answer.status).to.equal(registration === 'invite' ? 201 : 403);
      });

      it('lets the app make users in code', async () => {
        expect((await app.users.manager.create({ email: emailOf('code'), password: PASSWORD })).email).to.equal(emailOf('code'));
      });
    });
  }
});

describe('the option preventEnumeration', () => {
  let app: UsersApp;
  before(async () => {
    if (driver !== undefined)
      app = await UsersApp.start(driver, { preventEnumeration: true, requiresVerification: true, dtos: { create: UserCreate } });
  });
  after(() => app.close());
  beforeEach(() => app.hooks.clear());

  it('answers 202 without a body to a new address and to a known one alike, and tells the owner', async () => {
    const known = await app.add('ada');
    const first = await app.http.post('/users/register', { email: emailOf('new'), password: PASSWORD });
    const second = await app.http.post('/users/register', { email: known.email, password: PASSWORD });
    for (const answer of [first, second]) {
      expect(answer.status).to.equal(202);
      expect(answer.body).to.deep.equal({});
    }
    expect(Object.keys(first.headers).sort()).to.deep.equal(Object.keys(second.headers).sort());
    await app.users.close();
    expect(app.hooks.names()).to.include.members(['afterRegister', 'registerExisting']);
    expect((app.hooks.last('registerExisting')[0] as { email: string }).email).to.equal(known.email);
  });

  it('is refused at start with a unique field in the body, which would tell by the way', async () => {
    if (driver === undefined) return;
    const failure = await UsersApp.start(driver, { preventEnumeration: true, requiresVerification: true }).catch(
      (error: Error) => error,
    );
    expect(String(failure)).to.contain('the unique field `userName` in `dtos.create`');
  });

  it('still refuses a bad password, which tells nothing of the address', async () => {
    const answer = await app.http.post('/users/register', { email: emailOf('ada'), password: 'short' });
    expect(answer.code).to.equal('REGISTER_INVALID_PASSWORD');
  });

  it('answers a change to a taken address like one to a free one, and mails no token', async () => {
    const ben = await app.add('ben');
    await app.add('cyd');
    const token = await app.tokenOf(ben);
    for (const email of [emailOf('cyd'), emailOf('free')]) {
      const answer = await app.http.patch('/users/me', { email, currentPassword: PASSWORD }, { token });
      expect([answer.status, answer.body.email, answer.body.pendingEmail]).to.deep.equal([200, ben.email, email]);
    }
    await app.users.close();
    expect(app.outbox.mails.map(({ to }) => to)).to.deep.equal([emailOf('free')]);
  });
});
