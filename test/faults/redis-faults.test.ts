import { expect } from 'chai';
import { Redis } from 'ioredis';
import type { RedisClient } from '../../src/authentication/redis/index.js';
import { RedisServer } from '../limits/redis-server.js';
import { redisBackends } from '../support/backends.js';
import type { Answer } from '../support/http-client.js';
import { SignInApp } from '../support/sign-in-app.js';
import { carried, emailOf, PASSWORD, type SignedIn } from '../support/sign-in-client.js';

const MEMORY = { type: 'better-sqlite3', database: ':memory:', enableWAL: true } as const;
const NEW_PASSWORD = 'another long password';
const MOST_COMMANDS = 40;

/** A client that refuses one command of those that come, and tells all of its arguments in the error. */
class FailingClient {
  readonly status = 'ready';
  private at = 0;
  private seen = 0;
  hasFailed = false;

  constructor(private readonly redis: Redis) {}

  call(command: string, ...args: string[]): Promise<unknown> {
    this.seen += 1;
    if (this.seen !== this.at) return this.redis.call(command, ...args);
    this.hasFailed = true;
    return Promise.reject(Object.assign(new Error('READONLY'), { command: { name: command, args } }));
  }

  async failing<T>(at: number, work: () => Promise<T>): Promise<T> {
    this.at = at;
    this.seen = 0;
    this.hasFailed = false;
    try {
      return await work();
    } finally {
      this.at = 0;
    }
  }
}

interface Flow {
  title: string;
  status: number;
  ask(signedIn: SignedIn, name: string): Promise<Answer>;
  /** What `/users/me` says to the session of before, once the flow has succeeded. */
  after: number;
}

describe('each command to Redis that fails, one at a time', () => {
  if (!RedisServer.available) {
    it('finds a Redis server', function () {
      this.skip();
    });
    return;
  }

  let server: RedisServer;
  let redis: Redis;
  let client: FailingClient;
  let app: SignInApp;

  before(async () => {
    server = await RedisServer.start();
    redis = new Redis(server.port, '127.0.0.1');
    client = new FailingClient(redis);
    app = await SignInApp.start(MEMORY, { backends: redisBackends(client satisfies RedisClient, 'faults') });
  });
  after(async () => {
    await app.close();
    redis.disconnect();
    await server.remove();
  });

  const flows: Flow[] = [
    { title: 'login', status: 200, after: 200, ask: (_, name) => app.login(name, 'redis') },
    { title: 'me', status: 200, after: 200, ask: (signedIn) => app.http.get('/users/me', carried(signedIn)) },
    {
      title: 'logout',
      status: 204,
      after: 401,
      ask: (signedIn) => app.http.post('/auth/redis/logout', undefined, carried(signedIn)),
    },
    {
      title: 'reauthenticate',
      status: 204,
      after: 200,
      ask: (signedIn) => app.http.post('/users/me/reauthenticate', { password: PASSWORD }, carried(signedIn)),
    },
    {
      title: 'list the own sessions',
      status: 200,
      after: 200,
      ask: (signedIn) => app.http.get('/users/me/sessions', carried(signedIn)),
    },
    {
      title: 'end the other sessions',
      status: 204,
      after: 200,
      ask: (signedIn) => app.http.delete('/users/me/sessions', carried(signedIn)),
    },
    {
      title: 'change the password',
      status: 200,
      after: 200,
      ask: (signedIn) => app.http.patch('/users/me', { password: NEW_PASSWORD, currentPassword: PASSWORD }, carried(signedIn)),
    },
    {
      title: 'delete the own account',
      status: 204,
      after: 401,
      ask: (signedIn) => app.http.delete('/users/me', { ...carried(signedIn), body: { currentPassword: PASSWORD } }),
    },
  ];

  for (const [index, { title, status, after, ask }] of flows.entries()) {
    it(`${title}: 503 or done, no secret in the log, and the next try works`, async () => {
      let at = 1;
      for (; at < MOST_COMMANDS; at += 1) {
        const name = `p${index}-${at}`;
        await app.add(name);
        const other = await app.signIn(name, 'redis');
        const signedIn = await app.signIn(name, 'redis');
        // Past the minute in which the last use of a session is not written again.
        app.clock.advance({ seconds: 61 });
        app.logger.lines.length = 0;
        const answer = await client.failing(at, () => ask(signedIn, name));
        if (!client.hasFailed) {
          expect(answer.status, 'without a failure').to.equal(status);
          break;
        }
        expect(app.logger.lines, `command ${at}, is told`).not.to.deep.equal([]);
        const secrets = [signedIn.token, other.token, PASSWORD, NEW_PASSWORD, emailOf(name)].filter(
          (secret) => secret !== undefined,
        );
        for (const secret of secrets) expect(JSON.stringify(app.logger.lines)).not.to.contain(secret);
        if (answer.status !== status) {
          expect([answer.status, answer.code], `command ${at}`).to.deep.equal([503, 'SERVICE_UNAVAILABLE']);
          expect(answer.headers['content-type']).to.contain('application/problem+json');
          expect(Object.keys(answer.cookies)).to.deep.equal([]);
          const next = await ask(signedIn, name);
          // Where the session went before the command that failed there is nobody to sign out any more.
          const isOut = title === 'logout' && next.status === 401;
          expect(isOut ? status : next.status, `command ${at}, the next try`).to.equal(status);
        }
        expect(await app.me(signedIn), `command ${at}, afterwards`).to.equal(after);
        if (/other sessions|password|account/.test(title)) expect(await app.me(other), `command ${at}`).to.equal(401);
      }
      expect(at, 'some command failed').to.be.within(2, MOST_COMMANDS - 1);
    });
  }
});
