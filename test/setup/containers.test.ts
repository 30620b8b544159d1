import { expect } from 'chai';
import express5 from 'express';
import { Get, JsonController, useContainer } from 'routing-controllers';
import { Container, Inject, Service } from 'typedi';
import type { DataSource } from 'typeorm';
import { containerPerApp, OnAfterRegister, setupUsers, UserManager, UsersController } from '../../src/index.js';
import { ada, ask, mount, signIn } from './client.js';
import { classesComeFrom, faultsOf, openDatabase, options, startUsers, User } from './set-up.js';

@Service()
class Counter {
  constructor(readonly users: UserManager<User>) {}

  async count(): Promise<number> {
    return (await this.users.list()).items.length;
  }
}

@Service()
@JsonController('/count')
class CountController {
  constructor(private readonly counter: Counter) {}

  @Get('/')
  async count(): Promise<object> {
    return { count: await this.counter.count() };
  }
}

@Service()
class Welcomes {
  readonly welcomed: string[] = [];

  @OnAfterRegister()
  welcome({ email }: User): void {
    this.welcomed.push(email);
  }
}

@Service()
class Greetings {
  readonly greeted: string[] = [];

  constructor(private readonly counter: Counter) {}

  @OnAfterRegister()
  async greet({ email }: User): Promise<void> {
    if ((await this.counter.count()) > 0) this.greeted.push(email);
  }
}

@Service()
class AppUsers extends UserManager<User> {
  @Inject()
  readonly welcomes!: Welcomes;
}

const controllers = [UsersController, CountController];

describe('an app with the default container', () => {
  let dataSource: DataSource;
  classesComeFrom(Container);
  beforeEach(async () => {
    dataSource = await openDatabase();
  });
  afterEach(() => dataSource.destroy());
  after(() => Container.reset());

  it('is served by it', async () => {
    const users = setupUsers(options(dataSource));
    const served = await mount(express5(), users, { controllers });
    const token = await signIn(served.url);
    expect((await ask(served.url, 'GET /users/me', { token })).body.email).to.equal(ada.email);
    expect((await ask(served.url, 'GET /count')).body).to.deep.equal({ count: 1 });
    expect(Container.get(UserManager)).to.equal(users.manager);
    await served.close();
    await users.close();
  });

  it('may name it', () => {
    expect(faultsOf({ ...options(dataSource), container: Container })).to.deep.equal([]);
    expect(faultsOf({ ...options(dataSource), container: Container.of(undefined) })).to.deep.equal([]);
  });

  it('is served anew when it is set up again, as tests of an app do', async () => {
    for (const run of ['first', 'second', 'third']) {
      const own = await openDatabase();
      const users = setupUsers(options(own));
      const served = await mount(express5(), users, { controllers: [UsersController] });
      expect((await ask(served.url, 'POST /users/register', { body: ada })).status, run).to.equal(201);
      const token = await signIn(served.url);
      expect((await ask(served.url, 'GET /users/me', { token })).status, run).to.equal(200);
      await served.close();
      await users.close();
      await own.destroy();
    }
  });

  it('has the controllers and hook classes that hold its manager made anew when it is set up again', async () => {
    for (const run of ['first', 'second']) {
      const own = await openDatabase();
      const users = setupUsers(options(own, { hooks: [Greetings] }));
      const served = await mount(express5(), users, { controllers });
      await signIn(served.url);
      expect((await ask(served.url, 'GET /count')).body, run).to.deep.equal({ count: 1 });
      await users.close();
      expect(Container.get(Greetings).greeted, run).to.deep.equal([ada.email]);
      await served.close();
      await own.destroy();
    }
  });

  it('keeps what it has set itself, and what holds no manager, when it is set up again', () => {
    const fake = { greet: () => undefined };
    Container.set(Greetings, fake);
    const welcomes = Container.get(Welcomes);
    setupUsers(options(dataSource, { hooks: [Greetings, Welcomes] }));
    setupUsers(options(dataSource, { hooks: [Greetings, Welcomes] }));
    expect(Container.get(Greetings)).to.equal(fake);
    expect(Container.get(Welcomes)).to.equal(welcomes);
  });

  it("has its own services made anew by typedi's reset", async () => {
    for (const run of ['first', 'second']) {
      Container.reset();
      const own = await openDatabase();
      const users = setupUsers(options(own));
      const served = await mount(express5(), users, { controllers });
      await signIn(served.url);
      expect((await ask(served.url, 'GET /count')).body, run).to.deep.equal({ count: 1 });
      await served.close();
      await users.close();
      await own.destroy();
    }
  });

  it('gives the manager to child containers, such as one for each request', () => {
    const users = setupUsers(options(dataSource));
    const child = Container.of('request-1');
    expect(child.get(UserManager)).to.equal(users.manager);
    expect(child.get(Counter).users).to.equal(users.manager);
    Container.reset('request-1');
  });

  it("makes the app's manager, found under both classes, with its services", () => {
    const users = setupUsers(options(dataSource, { manager: AppUsers, hooks: [Welcomes] }));
    expect(users.manager).to.be.instanceOf(AppUsers);
    for (const found of [Container.get(AppUsers), Container.get(UserManager), Container.of('request-2').get(UserManager)]) {
      expect(found).to.equal(users.manager);
    }
    expect(Container.get(AppUsers).welcomes).to.equal(Container.get(Welcomes));
    Container.reset('request-2');
  });

  it('goes back to the plain manager when it is set up again without one of its own', () => {
    setupUsers(options(dataSource, { manager: AppUsers, hooks: [Welcomes] }));
    const users = setupUsers(options(dataSource));
    expect(users.manager).not.to.be.instanceOf(AppUsers);
    expect(Container.get(UserManager)).to.equal(users.manager);
  });
});

describe('useContainer', () => {
  let dataSource: DataSource;
  before(async () => {
    dataSource = await openDatabase();
  });
  after(() => dataSource.destroy());
  afterEach(() => useContainer(containerPerApp));

  const advice = /write `useContainer\(Container\)` before `setupUsers`, or `useContainer\(containerPerApp\)`/;

  it('is asked for where it was not called', () => {
    useContainer(undefined as never);
    const faults = faultsOf(options(dataSource));
    expect(faults).to.have.lengthOf(1);
    expect(faults[0]).to.match(advice);
  });

  it('is asked for where it was given a container of another kind', () => {
    useContainer({ get: (someClass) => new (someClass as new () => never)() });
    expect(faultsOf(options(dataSource))[0]).to.match(advice);
    useContainer({
      get: () => {
        throw new Error('unknown');
      },
    });
    expect(faultsOf(options(dataSource))[0]).to.match(advice);
  });

  it('is asked for where it was given the default container and the app has another', () => {
    useContainer(Container);
    expect(faultsOf({ ...options(dataSource), container: Container.of('another') })[0]).to.match(advice);
    Container.reset('another');
  });
});

describe('several apps in one process', () => {
  classesComeFrom(containerPerApp);

  it('have their own users, tokens, hooks and services', async () => {
    const [one, other] = [
      await startUsers({ hooks: [Welcomes], secret: 'the secret of the one, thirty-two bytes' }),
      await startUsers({ hooks: [Welcomes] }),
    ];
    const [first, second] = [
      await mount(express5(), one.users, { controllers }),
      await mount(express5(), other.users, { controllers }),
    ];
    const token = await signIn(first.url);
    expect((await ask(first.url, 'GET /users/me', { token })).status).to.equal(200);
    expect((await ask(second.url, 'GET /users/me', { token })).status).to.equal(401);
    expect((await ask(first.url, 'GET /count')).body).to.deep.equal({ count: 1 });
    expect((await ask(second.url, 'GET /count')).body).to.deep.equal({ count: 0 });
    expect(one.container.get(Welcomes).welcomed).to.deep.equal([ada.email]);
    expect(other.container.get(Welcomes).welcomed).to.deep.equal([]);
    expect(one.container.get(UserManager)).to.equal(one.users.manager);
    for (const { close } of [first, second]) await close();
    for (const { stop } of [one, other]) await stop();
  });

  it('go on when one of them is closed', async () => {
    const [one, other] = [await startUsers(), await startUsers()];
    const [first, second] = [
      await mount(express5(), one.users, { controllers }),
      await mount(express5(), other.users, { controllers }),
    ];
    await first.close();
    await one.stop();
    const token = await signIn(second.url);
    expect((await ask(second.url, 'GET /users/me', { token })).status).to.equal(200);
    await second.close();
    await other.stop();
  });

  it('may be routed before another is set up, and keep what they had', async () => {
    const one = await startUsers();
    const first = await mount(express5(), one.users, { controllers });
    const token = await signIn(first.url);
    const other = await startUsers();
    expect((await ask(first.url, 'GET /users/me', { token })).status).to.equal(200);
    await first.close();
    for (const { stop } of [one, other]) await stop();
  });
});
