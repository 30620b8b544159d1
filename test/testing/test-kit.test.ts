import { expect } from 'chai';
import { createExpressServer, useContainer } from 'routing-controllers';
import {
  AuthenticationBackend,
  BearerTransport,
  CookieTransport,
  DatabaseStrategy,
  JwtStrategy,
  setupUsers,
  type Users,
  UsersController,
} from 'routing-controllers-users';
import {
  createUser,
  FastHasher,
  Outbox,
  type ServedApp,
  serve,
  signIn,
  TEST_PASSWORD,
  TestClock,
} from 'routing-controllers-users/testing';
import { Container } from 'typedi';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../example/database.js';
import { NotesController } from '../../example/notes/notes.controller.js';
import { User } from '../../example/user.entity.js';
import { containerPerApp } from '../../src/index.js';

/** What an app's own test has around it, written as an app would. */
describe('the test kit, on the /notes of the example', () => {
  const clock = new TestClock();
  let dataSource: DataSource;
  let users: Users<User>;
  let served: ServedApp;
  let url: string;

  before(async () => {
    dataSource = await new DataSource(dataSourceOptions('sqlite::memory:')).initialize();
    await dataSource.runMigrations();
    useContainer(Container);
    Container.set(DataSource, dataSource);
    users = setupUsers({
      dataSource,
      user: User,
      secret: 'a secret of the tests, thirty-two bytes and more',
      backends: [
        new AuthenticationBackend<User>({ name: 'bearer', transport: new BearerTransport(), strategy: new JwtStrategy<User>() }),
        new AuthenticationBackend<User>({
          name: 'cookie',
          transport: new CookieTransport(),
          strategy: new DatabaseStrategy<User>(),
        }),
      ],
      hashers: [new FastHasher()],
      hooks: [Outbox],
      rateLimits: false,
      clock,
    });
    served = await serve(createExpressServer(users.routing({ controllers: [UsersController, NotesController] })));
    ({ url } = served);
  });

  after(async () => {
    await served.close();
    await users.close();
    await dataSource.destroy();
    // It is routing-controllers' one setting for the whole process.
    useContainer(containerPerApp);
  });

  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    fetch(url + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });

  it('tests a guarded route in three lines', async () => {
    const ada = await createUser(users, { email: 'ada@example.com' });
    const response = await fetch(`${url}/notes`, { headers: await signIn(users, ada) });
    expect(await response.json()).to.deep.equal({ items: [] });
  });

  describe('createUser', () => {
    it('makes an active, verified user with an address of its own', async () => {
      const [one, other] = [await createUser(users), await createUser(users)];
      expect(one).to.include({ isActive: true, isVerified: true, isSuperuser: false });
      expect(one.email).not.to.equal(other.email);
    });

    it('takes what is to be otherwise', async () => {
      const sue = await createUser(users, { isSuperuser: true, firstName: 'Sue' });
      expect(sue).to.include({ isSuperuser: true, firstName: 'Sue' });
      expect(await createUser(users, { password: null })).to.include({ hasPassword: false });
    });

    it('gives a password that signs in', async () => {
      const { email } = await createUser(users);
      expect((await post('/users/login', { username: email, password: TEST_PASSWORD })).status).to.equal(200);
    });
  });

  describe('signIn', () => {
    it('gives headers of the first backend', async () => {
      const headers = await signIn(users, await createUser(users));
      expect(headers).to.have.all.keys('authorization');
      expect((await post('/notes', { text: 'Note G' }, headers)).status).to.equal(201);
    });

    it('gives the cookie of a named backend', async () => {
      const headers = await signIn(users, await createUser(users), { backend: 'cookie' });
      expect(headers).to.have.all.keys('cookie');
      expect((await fetch(`${url}/notes`, { headers })).status).to.equal(200);
    });

    it('keeps the notes of two users apart', async () => {
      const [ada, vera] = [await signIn(users, await createUser(users)), await signIn(users, await createUser(users))];
      await post('/notes', { text: 'of Ada' }, ada);
      expect(await (await fetch(`${url}/notes`, { headers: vera })).json()).to.deep.equal({ items: [] });
    });

    it('makes a session that ends like any other', async () => {
      const ada = await createUser(users);
      const headers = await signIn(users, ada);
      await users.manager.endSessions(ada);
      expect((await fetch(`${url}/notes`, { headers })).status).to.equal(401);
    });

    it('refuses a user who is gone', async () => {
      const ada = await createUser(users);
      await users.manager.delete(ada);
      const failure = await signIn(users, ada).catch((error: unknown) => error);
      expect(failure).to.be.an('error').with.property('message').that.includes('there is no user');
    });
  });

  describe('Outbox', () => {
    it('hands out the last token for an address, once', async () => {
      const { email } = await createUser(users);
      await post('/users/forgot-password', { email });
      const outbox = Container.get(Outbox);
      const token = await outbox.token(email, 'reset-password');
      expect(outbox.mails.filter(({ to }) => to === email)).to.deep.equal([]);
      const changed = await post('/users/reset-password', { token, password: 'another long password' });
      expect(changed.status).to.equal(204);
    });

    it('says for which address none came', async () => {
      const failure = await Container.get(Outbox)
        .token('nobody@example.com', 'verify')
        .catch((error: unknown) => error);
      expect(failure).to.be.an('error').with.property('message').that.equals('no verify was mailed to nobody@example.com');
    });
  });

  describe('TestClock', () => {
    it('stands still until it is moved', () => {
      const own = new TestClock(new Date('2026-01-01T00:00:00Z'));
      expect(own.now()).to.deep.equal(own.now());
      own.advance({ days: 1, hours: 1, minutes: 1, seconds: 1 });
      expect(own.now().toISOString()).to.equal('2026-01-02T01:01:01.000Z');
    });

    it('ends a session by being moved', async () => {
      const headers = await signIn(users, await createUser(users));
      clock.advance({ days: 31 });
      expect((await fetch(`${url}/notes`, { headers })).status).to.equal(401);
    });
  });

  describe('FastHasher', () => {
    const { NODE_ENV } = process.env;

    afterEach(() => {
      if (NODE_ENV === undefined) delete process.env.NODE_ENV;
      else process.env.NODE_ENV = NODE_ENV;
    });

    it('verifies the password that it hashed, and no other', async () => {
      const hasher = new FastHasher();
      const hash = await hasher.hash('analytical engine');
      expect(await hasher.verify('analytical engine', hash)).to.equal(true);
      expect(await hasher.verify('difference engine', hash)).to.equal(false);
      expect(hasher.recognizes(hash)).to.equal(true);
    });

    it('refuses to run in production', () => {
      process.env.NODE_ENV = 'production';
      expect(() => new FastHasher()).to.throw('FastHasher is for tests');
    });
  });
});
