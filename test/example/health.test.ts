import { expect } from 'chai';
import { forEachDriver, type TestDatabase } from '../support/databases.js';
import { type Answer, ExampleServer, eventually } from './example-server.js';
import { UnreliableProxy } from './unreliable-proxy.js';

const ada = { email: 'ada@example.com', password: 'analytical engine' };
const QUICK_MS = 5000;

describe('the example, while its database is away', () => {
  forEachDriver((driver) => {
    if (driver.name === 'better-sqlite3') return;
    let database: TestDatabase;
    let proxy: UnreliableProxy;
    let server: ExampleServer;
    let token = '';

    before(async () => {
      database = await driver.createDatabase();
      proxy = await UnreliableProxy.to(database.url);
      server = await ExampleServer.start({ DATABASE_URL: proxy.urlThrough(database.url) });
      await server.register(ada.email, ada.password);
      token = await server.signIn(ada.email, ada.password);
    });

    after(async () => {
      await server.remove();
      await proxy.cut();
      await database.drop();
    });

    const isReady = async () => (await server.ask('GET', '/health/ready')).status === 200;

    it('is live and not ready, refuses with 503 soon, and lets nobody in', async () => {
      expect(await isReady()).to.equal(true);
      await proxy.cut();
      expect((await server.ask('GET', '/health/live')).status).to.equal(200);
      await isUnavailable(server.ask('GET', '/health/ready'));
      await isUnavailable(server.ask('GET', '/users/me', { token }));
      await isUnavailable(server.ask('GET', '/notes', { token }));
      await isUnavailable(server.ask('POST', '/users/login', { body: { username: ada.email, password: ada.password } }));
    });

    it('goes on by itself when it is back', async () => {
      await proxy.restore();
      await eventually(isReady, QUICK_MS);
      expect((await server.ask('GET', '/users/me', { token })).status).to.equal(200);
    });

    it('is not ready while the database says nothing', async () => {
      proxy.stall();
      await isUnavailable(server.ask('GET', '/health/ready'));
      await proxy.restore();
      await eventually(isReady, QUICK_MS);
    });
  });
});

describe('the example, while Redis is away', () => {
  const url = process.env.TEST_REDIS_URL;
  let proxy: UnreliableProxy;
  let server: ExampleServer;
  let bearer = '';
  let token = '';

  before(async function () {
    if (url === undefined || url === '') this.skip();
    proxy = await UnreliableProxy.to(url);
    server = await ExampleServer.start({ REDIS_URL: proxy.urlThrough(url) });
    await server.register(ada.email, ada.password);
    bearer = await server.signIn(ada.email, ada.password);
    const login = await server.ask('POST', '/auth/redis/login', { body: { username: ada.email, password: ada.password } });
    token = String(login.body.access_token);
  });

  after(async () => {
    await server?.remove();
    await proxy?.cut();
  });

  const statusOfMe = async (by: string) => (await server.ask('GET', '/users/me', { token: by })).status;

  it('refuses the tokens that are kept there, and goes on by the others', async () => {
    expect([await statusOfMe(bearer), await statusOfMe(token)]).to.deep.equal([200, 200]);
    await proxy.cut();
    await isUnavailable(server.ask('GET', '/users/me', { token }));
    await isUnavailable(server.ask('GET', '/health/ready'));
    expect(await statusOfMe(bearer)).to.equal(200);
    await server.signIn(ada.email, ada.password);
  });

  it('takes them again when it is back', async () => {
    await proxy.restore();
    await eventually(async () => (await server.ask('GET', '/health/ready')).status === 200, QUICK_MS);
    expect([await statusOfMe(bearer), await statusOfMe(token)]).to.deep.equal([200, 200]);
  });

  it('ends them by the logout of any backend', async () => {
    expect((await server.ask('POST', '/users/logout', { token })).status).to.equal(204);
    expect(await statusOfMe(token)).to.equal(401);
  });
});

async function isUnavailable(answer: Promise<Answer>): Promise<void> {
  const start = Date.now();
  const { status, headers, body } = await answer;
  expect([status, body.code]).to.deep.equal([503, 'SERVICE_UNAVAILABLE']);
  expect(Number(headers.get('retry-after'))).to.be.at.least(1);
  expect(Date.now() - start).to.be.below(QUICK_MS);
}
