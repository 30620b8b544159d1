import { expect } from 'chai';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { type RedisClient, RedisStrategy } from '../../src/authentication/redis/index.js';
import { AuthenticationBackend, BearerTransport, CookieTransport } from '../../src/index.js';
import { RedisServer } from '../limits/redis-server.js';
import { databaseBackends, redisBackends } from '../support/backends.js';
import type { Answer } from '../support/http-client.js';
import type { Member } from '../support/member.entity.js';
import { setupFaults } from '../support/setup-faults.js';
import { SignInApp } from '../support/sign-in-app.js';
import { carried, PASSWORD, type SignedIn } from '../support/sign-in-client.js';

const MEMORY = { type: 'better-sqlite3', database: ':memory:', enableWAL: true } as const;

interface Connection {
  client: RedisClient;
  close(): void;
}

const CLIENTS: readonly [string, (port: number) => Promise<Connection>][] = [
  [
    'ioredis',
    async (port) => {
      const client = new Redis(port, '127.0.0.1', { retryStrategy: () => 20 });
      client.on('error', () => undefined);
      return { client, close: () => client.disconnect() };
    },
  ],
  [
    'redis',
    async (port) => {
      const client = createClient({ url: `redis://127.0.0.1:${port}`, socket: { reconnectStrategy: 20 } });
      client.on('error', () => undefined);
      await client.connect();
      return { client, close: () => client.destroy() };
    },
  ],
];

describe('RedisStrategy', () => {
  if (!RedisServer.available) {
    it('finds a Redis server', function () {
      this.skip();
    });
    return;
  }

  for (const [clientName, connect] of CLIENTS) {
    describe(`with the client ${clientName}`, () => {
      let server: RedisServer;
      let connection: Connection;
      let app: SignInApp;

      beforeEach(async () => {
        server = await RedisServer.start();
        connection = await connect(server.port);
        app = await SignInApp.start(MEMORY, { backends: [...databaseBackends(), ...redisBackends(connection.client, 'app')] });
        await app.add('ada');
      });

      afterEach(async () => {
        await app.close();
        connection.close();
        await server.remove();
      });

      const me = (signedIn: SignedIn) => app.http.get('/users/me', carried(signedIn));

      it('answers its tokens by 503 while Redis is away, and all is well when it is back', async () => {
        const byRedis = await app.signIn('ada', 'redis');
        const cookie = await app.signIn('ada', 'redis-cookie');
        await server.stop();
        for (const answer of [
          await me(byRedis),
          await me(cookie),
          await app.login('ada', 'redis'),
          await app.http.post('/auth/redis/logout', undefined, carried(byRedis)),
        ]) {
          expectUnavailable(answer);
        }
        await server.start();
        // Its sessions were in memory alone, and are gone; nobody is let in by them.
        await eventually(async () => (await app.login('ada', 'redis')).status === 200);
        expect((await me(byRedis)).status).to.equal(401);
        expect((await me(await app.signIn('ada', 'redis'))).status).to.equal(200);
      });

      it('keeps the other backends going while Redis is away', async () => {
        const former = await app.signIn('ada', 'redis-cookie');
        const bearer = await app.signIn('ada', 'jwt');
        await server.stop();
        expect(await app.me(bearer)).to.equal(200);
        expect((await app.refresh(bearer.refreshToken)).status).to.equal(200);
        expect((await app.login('ada', 'cookie')).status, 'login').to.equal(204);
        expect((await app.login('ada', 'cookie', carried(former))).status, 'login beside a cookie of Redis').to.equal(204);
        expect((await app.http.post('/users/logout', undefined, carried(bearer))).status, 'logout').to.equal(204);
        expect((await app.http.get('/users/me', { token: 'rubbish' })).status).to.equal(401);
      });

      it('lets nobody in by a session that was to end while Redis was away', async () => {
        const byRedis = await app.signIn('ada', 'redis');
        const bearer = await app.signIn('ada', 'opaque');
        server.halt();
        const body = { password: 'another long password', currentPassword: PASSWORD };
        expect((await app.http.patch('/users/me', body, carried(bearer))).status).to.equal(200);
        expectUnavailable(await me(byRedis));
        server.resume();
        await eventually(async () => (await me(byRedis)).status !== 503);
        expect((await me(byRedis)).status).to.equal(401);
        expect(await app.me(bearer)).to.equal(200);
        const { body: listed } = await app.http.get('/users/me/sessions', carried(bearer));
        expect(listed.items).to.have.length(1);
      });

      it('does not say that sessions have ended which it cannot reach', async () => {
        const byRedis = await app.signIn('ada', 'redis');
        const bearer = await app.signIn('ada', 'opaque');
        server.halt();
        expectUnavailable(await app.http.delete('/users/me/sessions', carried(bearer)));
        server.resume();
        await eventually(async () => (await me(byRedis)).status === 200);
        expect((await app.http.delete('/users/me/sessions', carried(bearer))).status).to.equal(204);
        expect((await me(byRedis)).status).to.equal(401);
      });

      it('answers by 503 when a Redis does not answer in a second', async () => {
        const byRedis = await app.signIn('ada', 'redis');
        server.halt();
        const start = performance.now();
        expectUnavailable(await me(byRedis));
        expect(performance.now() - start).to.be.within(900, 3000);
        server.resume();
        await eventually(async () => (await me(byRedis)).status === 200);
      });

      it('lets Redis forget a session with its end', async () => {
        const redis = new Redis(server.port, '127.0.0.1');
        try {
          const signedIn = await app.signIn('ada', 'redis');
          const [key = ''] = await redis.keys('app:session:*');
          const inTwoWeeks = () => app.clock.now().getTime() + 14 * 24 * 3600 * 1000;
          expect(await redis.pexpiretime(key)).to.equal(inTwoWeeks());
          app.clock.advance({ days: 1 });
          await me(signedIn);
          await app.users.close();
          expect(await redis.pexpiretime(key), 'once it was used again').to.equal(inTwoWeeks());
        } finally {
          redis.disconnect();
        }
      });
    });
  }

  describe('with a shared client', () => {
    let server: RedisServer;
    let redis: Redis;

    before(async () => {
      server = await RedisServer.start();
      redis = new Redis(server.port, '127.0.0.1');
    });

    after(async () => {
      redis.disconnect();
      await server.remove();
    });

    it('may serve two backends by one strategy', async () => {
      const strategy = new RedisStrategy<Member>(redis);
      const app = await SignInApp.start(MEMORY, {
        backends: [
          new AuthenticationBackend({ name: 'bearer', transport: new BearerTransport(), strategy }),
          new AuthenticationBackend({ name: 'cookie', transport: new CookieTransport(), strategy }),
        ],
        sessions: { maxSessions: 2 },
      });
      try {
        await app.add('ada');
        const one = await app.signIn('ada', 'bearer');
        const other = await app.signIn('ada', 'cookie');
        expect([await app.me(one), await app.me(other)]).to.deep.equal([200, 200]);
        const { body } = await app.http.get('/users/me/sessions', carried(one));
        expect((body.items as { backend: string }[]).map(({ backend }) => backend)).to.have.members(['bearer', 'cookie']);
      } finally {
        await app.close();
      }
    });

    it('keeps two apps apart by their prefixes', async () => {
      const [one, other] = await Promise.all(
        ['one', 'other'].map((prefix) => SignInApp.start(MEMORY, { backends: redisBackends(redis, prefix) })),
      );
      try {
        await one?.add('ada');
        await other?.add('ada');
        const signedIn = (await one?.signIn('ada', 'redis')) ?? {};
        expect([await one?.me(signedIn), await other?.me(signedIn)]).to.deep.equal([200, 401]);
      } finally {
        await one?.close();
        await other?.close();
      }
    });

    it('works under a key prefix of the client', async () => {
      const prefixed = new Redis(server.port, '127.0.0.1', { keyPrefix: 'shop:' });
      const app = await SignInApp.start(MEMORY, { backends: redisBackends(prefixed, 'keyed') });
      try {
        const ada = await app.add('ada');
        const signedIn = await app.signIn('ada', 'redis');
        expect(await app.me(signedIn)).to.equal(200);
        expect((await redis.keys('*keyed:*')).every((key) => key.startsWith('shop:'))).to.equal(true);
        await app.users.manager.endSessions(ada);
        expect(await app.me(signedIn)).to.equal(401);
        expect(await redis.keys('*keyed:*')).to.deep.equal([]);
      } finally {
        await app.close();
        prefixed.disconnect();
      }
    });

    it('ends sessions that were made when they might last longer', async () => {
      const options = { backends: redisBackends(redis, 'shortened') };
      const app = await SignInApp.start(MEMORY, options);
      try {
        const ada = await app.add('ada');
        const signedIn = await app.signIn('ada', 'redis');
        const index = `shortened:sessions-of:${ada.id}`;
        const before = await redis.pexpiretime(index);
        app.clock.advance({ days: -10 });
        await app.signIn('ada', 'redis');
        expect(await redis.pexpiretime(index)).to.equal(before);
        await app.users.manager.endSessions(ada);
        expect(await app.me(signedIn)).to.equal(401);
      } finally {
        await app.close();
      }
    });
  });

  it('is refused at start without a client', async () => {
    for (const client of [undefined, {}, 'redis://127.0.0.1', { status: 'ready' }]) {
      const strategy = new RedisStrategy<Member>(client as never);
      const backends = [new AuthenticationBackend({ name: 'redis', transport: new BearerTransport(), strategy })];
      expect(await setupFaults({ backends })).to.include('needs a client of ioredis or of redis 4 and later');
    }
  });
});

function expectUnavailable({ status, code, headers }: Answer): void {
  expect([status, code]).to.deep.equal([503, 'SERVICE_UNAVAILABLE']);
  expect(headers['retry-after']).to.equal('5');
}

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('it did not come true within ten seconds');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
