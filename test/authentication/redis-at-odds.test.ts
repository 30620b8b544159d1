import { expect } from 'chai';
import { Redis } from 'ioredis';
import type { RedisClient } from '../../src/authentication/redis/index.js';
import { RedisServer } from '../limits/redis-server.js';
import { redisBackends } from '../support/backends.js';
import { SignInApp } from '../support/sign-in-app.js';
import { carried } from '../support/sign-in-client.js';

const MEMORY = { type: 'better-sqlite3', database: ':memory:', enableWAL: true } as const;

describe('RedisStrategy, at odds with its Redis,', () => {
  for (const state of ['reconnecting', 'close', 'end', 'not ready']) {
    it(`leaves no command to a client for later that is ${state}`, async () => {
      let sent = 0;
      const send = async () => {
        sent += 1;
      };
      const client: RedisClient = state === 'not ready' ? { isReady: false, sendCommand: send } : { status: state, call: send };
      const app = await SignInApp.start(MEMORY, { backends: redisBackends(client, 'away') });
      try {
        await app.add('ada');
        const { status, code } = await app.login('ada', 'redis');
        expect([status, code]).to.deep.equal([503, 'SERVICE_UNAVAILABLE']);
        expect(sent).to.equal(0);
      } finally {
        await app.close();
      }
    });
  }

  if (!RedisServer.available) {
    it('finds a Redis server', function () {
      this.skip();
    });
    return;
  }

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

  it('refuses a session of which Redis holds something else than was written, and lists it no more', async () => {
    const app = await SignInApp.start(MEMORY, { backends: redisBackends(redis, 'damaged') });
    try {
      const { id } = await app.add('ada');
      const times = { createdAt: 0, absoluteExpiresAt: 9e12 };
      const data = { id, userId: id, backend: 'redis', amr: ['pwd'], ...times, ip: null, userAgent: null };
      const damages: [field: string, value: string][] = [
        ['data', '{broken'],
        ['data', 'null'],
        ['data', '{}'],
        ...[{ userId: 'nobody' }, { backend: 1 }, { amr: 'pwd' }, { amr: [1] }, { createdAt: '0' }, { ip: 1 }].map(
          (damage): [string, string] => ['data', JSON.stringify({ ...data, ...damage })],
        ),
        ['stamps', ''],
        ['expiresAt', 'never'],
        ['expiresAt', '9'.repeat(16)],
        ['authenticatedAt', ''],
        ['lastSeenAt', ''],
      ];
      for (const [field, value] of damages) {
        const signedIn = await app.signIn('ada', 'redis');
        const [key = ''] = await redis.keys('damaged:session:*');
        await redis.hset(key, field, value);
        expect(await app.me(signedIn), `${field} ${value}`).to.equal(401);
        const bearer = await app.signIn('ada', 'redis');
        const { status, body } = await app.http.get('/users/me/sessions', carried(bearer));
        expect([status, (body.items as unknown[]).length], `${field} ${value}`).to.deep.equal([200, 1]);
        await redis.del(await redis.keys('damaged:session:*'));
      }
    } finally {
      await app.close();
    }
  });

  it('ends a session that all were ended before, while it was made', async () => {
    let interrupt = async (): Promise<void> => undefined;
    const client: RedisClient = {
      status: 'ready',
      async call(command, script = '', ...rest) {
        // The script that stores a session, once it is in the index.
        if (script.includes('unpack(ARGV, 2)')) await interrupt();
        return redis.call(command, script, ...rest);
      },
    };
    const app = await SignInApp.start(MEMORY, { backends: redisBackends(client, 'overtaken') });
    try {
      const ada = await app.add('ada');
      interrupt = async () => {
        await app.users.manager.endSessions(ada);
      };
      const signedIn = await app.signIn('ada', 'redis');
      expect(await app.me(signedIn)).to.equal(200);
      expect(await app.users.manager.endSessions(ada)).to.equal(1);
      expect(await app.me(signedIn)).to.equal(401);
    } finally {
      await app.close();
    }
  });
});
