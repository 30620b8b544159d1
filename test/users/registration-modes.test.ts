import { expect } from 'chai';
import { UserCreate } from '../../src/index.js';
import { drivers } from '../support/databases.js';
import { emailOf, NEW_PASSWORD, PASSWORD, UsersApp } from '../support/users-app.js';

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
        const { manager } = app.users;
        expect((await manager.create({ email: emailOf('code'), password: PASSWORD })).email).to.equal(emailOf('code'));
        const refused = manager.register({ email: emailOf('own-route'), password: PASSWORD });
        expect(await refused.catch((error: unknown) => error)).to.include({ code: 'REGISTRATION_CLOSED' });
      });
    });
  }
});

describe('the option preventEnumeration', () => {
  if (driver === undefined) return;
  const OPTIONS = { preventEnumeration: true, requiresVerification: true, dtos: { create: UserCreate } };
  let app: UsersApp;
  before(async () => {
    app = await UsersApp.start(driver, OPTIONS);
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

  it('answers a login by the password that was registered alike, whether the address was new or not', async () => {
    const limited = await UsersApp.start(driver, { ...OPTIONS, rateLimits: undefined });
    const taken = 'a password of a stranger';
    await limited.add('dan');
    await limited.add('una', { isVerified: false });
    const answers = [];
    for (const name of ['dan', 'una', 'brand-new']) {
      await limited.http.post('/users/register', { email: emailOf(name), password: taken });
      for (let index = 0; index < 5; index += 1) answers.push((await limited.login(name, taken)).code);
      answers.push((await limited.login(name, taken)).status);
    }
    const wrong = [...new Array(5).fill('LOGIN_BAD_CREDENTIALS'), 429];
    expect(answers).to.deep.equal([...wrong, ...wrong, ...wrong]);
    await limited.close();
  });

  it('lets in who proves the address, by the link or by a new password', async () => {
    for (const name of ['eva', 'fay']) await app.http.post('/users/register', { email: emailOf(name), password: PASSWORD });
    await app.http.post('/users/request-verify-token', { email: emailOf('eva') });
    await app.http.post('/users/verify', { token: await app.outbox.token(emailOf('eva')) });
    expect((await app.login('eva')).status).to.equal(200);
    await app.http.post('/users/forgot-password', { email: emailOf('fay') });
    await app.http.post('/users/reset-password', { token: await app.outbox.token(emailOf('fay')), password: NEW_PASSWORD });
    expect((await app.login('fay', NEW_PASSWORD)).status).to.equal(200);
  });

  it('answers before a slow mail server does, whether the address is known or not', async () => {
    const gil = await app.add('gil');
    const token = await app.tokenOf(await app.add('hal'));
    let finish = (): void => undefined;
    const slow = new Promise<void>((resolve) => (finish = resolve));
    const hooks = ['afterRegister', 'registerExisting', 'afterRequestEmailChange'];
    for (const hook of hooks) app.hooks.deeds.set(hook, () => slow);
    for (const email of [gil.email, emailOf('not-seen')]) {
      expect((await app.http.post('/users/register', { email, password: PASSWORD })).status).to.equal(202);
    }
    for (const email of [gil.email, emailOf('not-taken')]) {
      const changes = { email, currentPassword: PASSWORD };
      expect((await app.http.patch('/users/me', changes, { token })).status).to.equal(200);
    }
    finish();
    await app.users.close();
    expect(app.hooks.names()).to.include.members(hooks);
    app.outbox.clear();
  });

  it('does not tell the owner where the transaction of the app rolls back', async () => {
    const known = await app.add('dee');
    const failing = app.dataSource.transaction(async (manager) => {
      await app.users.manager.withManager(manager).register({ email: known.email, password: PASSWORD });
      throw new Error('undone');
    });
    await failing.catch(() => undefined);
    await app.users.close();
    expect(app.hooks.names()).not.to.include('registerExisting');
  });

  it('is refused at start with a unique field in the body, which would tell by the way', async () => {
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
