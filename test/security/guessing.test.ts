import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { LIMIT_DEFAULTS } from '../../src/limits/limit-names.js';
import { ExampleServer } from '../example/example-server.js';
import { RedisServer } from '../limits/redis-server.js';
import { drivers, type TestDatabase } from '../support/databases.js';
import { type Answer, HttpClient } from '../support/http-client.js';
import { isFullSize } from '../support/test-size.js';
import { tally } from '../support/users-app.js';
import { inParallel } from './in-parallel.js';

const GUESSES = isFullSize ? 10_000 : 300;
const AT_ONCE = 20;
const ADDRESSES = 100;
/** Within the logins that one address has. */
const OWNER_PAUSE_MS = isFullSize ? 2500 : 500;
const HOME = '192.0.2.1';
const OFFICE = '192.0.2.2';
const password = 'analytical engine';
const FROM_ONE_ADDRESS = LIMIT_DEFAULTS.passwordFailures.points;
const OF_ACCOUNT = LIMIT_DEFAULTS.passwordFailuresOfAccount.points;

describe(`${GUESSES} guesses at the password of one account, over two processes with one Redis`, function () {
  this.timeout(300_000);
  const [driver] = drivers;
  if (!RedisServer.available || driver === undefined) {
    it('finds a Redis server', function () {
      this.skip();
    });
    return;
  }
  let redis: RedisServer;
  let database: TestDatabase;
  let servers: ExampleServer[];
  let clients: HttpClient[];

  before(async () => {
    redis = await RedisServer.start();
    database = await driver.createDatabase();
    const environment = {
      DATABASE_URL: database.url,
      REDIS_URL: `redis://127.0.0.1:${redis.port}`,
      SECRET: 'a secret of thirty-two bytes or a few more',
      TRUST_PROXY: 'loopback',
    };
    servers = await Promise.all([ExampleServer.make(environment), ExampleServer.make(environment)]);
    await Promise.all(servers.map((server) => server.start()));
    clients = servers.map(({ url }) => new HttpClient(url));
    await Promise.all(['ada', 'ben'].map((name) => servers[0]?.register(`${name}@example.com`, password)));
  });
  after(async () => {
    for (const client of clients) client.close();
    await Promise.all(servers.map((server) => server.remove()));
    await database.drop();
    await redis.stop();
  });

  /** By each process in turn, as a load balancer does. */
  const login = (index: number, name: string, tried: string, address: string): Promise<Answer> => {
    const client = clients[index % clients.length];
    if (client === undefined) throw new Error('there is no server');
    const body = { email: `${name}@example.com`, password: tried };
    // A connection that the server closes just when it is used again would lose a guess.
    return client.post('/users/login', body, { headers: { 'x-forwarded-for': address, connection: 'close' } });
  };

  it(`are let through ${FROM_ONE_ADDRESS} times from one address`, async () => {
    const answers = await inParallel(GUESSES, AT_ONCE, (index) => login(index, 'ben', `guess ${index}`, '198.51.100.1'));
    expect(tally(answers)).to.deep.equal({
      '400 LOGIN_BAD_CREDENTIALS': FROM_ONE_ADDRESS,
      '429 TOO_MANY_REQUESTS': GUESSES - FROM_ONE_ADDRESS,
    });
  });

  it(`are let through ${OF_ACCOUNT} times from ${ADDRESSES} addresses, and the owner signs in from home meanwhile`, async () => {
    expect((await login(0, 'ada', password, HOME)).status).to.equal(200);
    let isOver = false;
    const attack = inParallel(GUESSES, AT_ONCE, (index) =>
      login(index, 'ada', `guess ${index}`, `203.0.113.${index % ADDRESSES}`),
    );
    const end = attack.finally(() => {
      isOver = true;
    });
    const owner: number[] = [];
    while (!isOver) {
      owner.push((await login(owner.length, 'ada', password, HOME)).status);
      await wait(OWNER_PAUSE_MS);
    }
    expect(tally(await end)).to.deep.equal({
      '400 LOGIN_BAD_CREDENTIALS': OF_ACCOUNT,
      '429 TOO_MANY_REQUESTS': GUESSES - OF_ACCOUNT,
    });
    expect(new Set(owner)).to.deep.equal(new Set([200]));
  });

  it('keep the owner waiting an hour at most where he never was before', async () => {
    const answer = await login(0, 'ada', password, OFFICE);
    expect(answer.status).to.equal(429);
    expect(Number(answer.headers['retry-after'])).to.be.within(1, LIMIT_DEFAULTS.passwordFailuresOfAccount.durationSeconds);
  });
});
