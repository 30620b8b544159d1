import { expect } from 'chai';
import express5 from 'express';
import { Container } from 'typedi';
import type { DataSource } from 'typeorm';
import {
  AuthenticationBackend,
  BearerTransport,
  containerPerApp,
  DatabaseStrategy,
  JwtStrategy,
  setupUsers,
  type UserLookup,
  UsersController,
} from '../../src/index.js';
import { ask, mount, signIn } from './client.js';
import { classesComeFrom, faultsOf, openDatabase, options, startUsers, User } from './set-up.js';

const backend = (strategy: AuthenticationBackend<User>['strategy'], name = 'bearer') =>
  new AuthenticationBackend<User>({ name, transport: new BearerTransport(), strategy });

/** An API key of the app's own, which knows no app. */
const apiKeys = {
  readToken: (token: string, users: UserLookup<User>) => users.findByEmail(token),
  writeToken: async ({ email }: User) => email,
  destroyToken: async () => undefined,
};

describe('a strategy', () => {
  let dataSource: DataSource;
  const faultsBeside = (backends: readonly AuthenticationBackend<User>[], container = Container.of('another')) =>
    faultsOf({ ...options(dataSource), container, backends });

  classesComeFrom(containerPerApp);
  before(async () => {
    dataSource = await openDatabase();
  });
  after(() => dataSource.destroy());
  afterEach(() => Container.of('another').reset());

  for (const [kind, make] of Object.entries({
    JwtStrategy: () => new JwtStrategy<User>(),
    DatabaseStrategy: () => new DatabaseStrategy<User>(),
  })) {
    it(`serves one app at a time: ${kind}`, async () => {
      const shared = backend(make());
      const one = await startUsers({ backends: [shared] });
      const served = await mount(express5(), one.users, { controllers: [UsersController] });
      const faults = faultsBeside([shared]);
      expect(faults).to.have.lengthOf(1);
      expect(faults[0]).to.match(/^backend "bearer": its strategy serves another app.*Make a new strategy for each app/);
      const token = await signIn(served.url);
      expect((await ask(served.url, 'GET /users/me', { token })).status).to.equal(200);
      await served.close();
      await one.stop();
    });
  }

  it('serves one app, in another backend too', async () => {
    const strategy = new JwtStrategy<User>();
    const one = await startUsers({ backends: [backend(strategy)] });
    expect(faultsBeside([backend(new JwtStrategy<User>()), backend(strategy, 'other')])).to.have.lengthOf(1);
    await one.stop();
  });

  it('serves the next app once its own is closed', async () => {
    const shared = backend(new JwtStrategy<User>());
    const one = await startUsers({ backends: [shared] });
    await one.users.close();
    expect(faultsBeside([shared])).to.deep.equal([]);
    await one.stop();
  });

  it('serves the next app once the DataSource of its own is destroyed, as by tests that close nothing else', async () => {
    const shared = backend(new JwtStrategy<User>());
    const own = await openDatabase();
    setupUsers({ ...options(own), container: Container.of('one'), backends: [shared] });
    await own.destroy();
    expect(faultsBeside([shared])).to.deep.equal([]);
    Container.of('one').reset();
  });

  it('serves the last of several set-ups in one container', () => {
    const shared = backend(new JwtStrategy<User>());
    setupUsers({ ...options(dataSource), container: Container.of('another'), backends: [shared] });
    expect(faultsBeside([shared])).to.deep.equal([]);
  });

  it('is not taken by a set-up that fails', async () => {
    const shared = backend(new JwtStrategy<User>());
    const feature = {
      name: 'odd',
      setUp: () => {
        throw new RangeError('odd');
      },
    };
    const container = Container.of('one');
    expect(() => setupUsers({ ...options(dataSource), container, backends: [shared], features: [feature] })).to.throw('odd');
    expect(faultsBeside([shared])).to.deep.equal([]);
    container.reset();
  });

  it('may be that of two backends of one app', () => {
    const strategy = new JwtStrategy<User>();
    expect(faultsBeside([backend(strategy), backend(strategy, 'other')])).to.deep.equal([]);
  });

  it("of the app's own that asks for nothing of an app may serve several", async () => {
    const shared = backend(apiKeys, 'keys');
    const one = await startUsers({ backends: [shared] });
    expect(faultsBeside([shared])).to.deep.equal([]);
    await one.stop();
  });
});
