import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { checkRateLimits } from '../../src/limits/check-rate-limits.js';
import { RateLimits } from '../../src/limits/rate-limits.js';
import { type RedisLimitsClient, redisLimits } from '../../src/limits/stores/redis-limits.js';
import { LogBook } from './log-book.js';
import { RedisServer } from './redis-server.js';
import { countAllowed } from './refusals.js';
import { itCountsForAllProcesses } from './store-suite.js';

interface Connection {
  client: RedisLimitsClient;
  keys(): Promise<string[]>;
  close(): void;
}

const packages: Record<string, (port: number) => Promise<Connection>> = {
  ioredis: async (port) => {
    const client = new Redis(port, '127.0.0.1', { retryStrategy: () => 100 });
    client.on('error', () => undefined);
    return { client, keys: () => client.keys('*'), close: () => client.disconnect() };
  },
  redis: async (port) => {
    const client = createClient({ socket: { host: '127.0.0.1', port, reconnectStrategy: 100 } });
    client.on('error', () => undefined);
    await client.connect();
    return { client, keys: () => client.keys('*'), close: () => client.destroy() };
  },
};

describe('redisLimits', () => {
  let server: RedisServer;

  before(async function () {
    if (!RedisServer.available) {
      if (process.env.CI === 'true') {
        throw new Error('There is no redis-server.');
      }
      this.skip();
    }
    server = await RedisServer.start();
  });

  after(() => server?.remove());

  for (const [name, connect] of Object.entries(packages)) {
    describe(`on the package ${name}`, () => {
      let connection: Connection;

      before(async () => {
        connection = await connect(server.port);
      });

      after(() => connection?.close());

      itCountsForAllProcesses({ make: () => redisLimits(connection.client) });

      it('keeps digests only, under its prefix, each with an end', async () => {
        const limits = new RateLimits({ store: redisLimits(connection.client, { prefix: 'app' }) }, { logger: new LogBook() });
        await limits.consume('login', 'secret@example.com');
        const keys = await connection.keys();
        expect(keys.filter((key) => /^app:login:[\w-]{43}$/.test(key))).to.have.length(1);
        expect(keys.join()).not.to.include('secret');
      });

      it('counts in memory while Redis is gone, tells so once, and comes back by itself', async () => {
        const log = new LogBook();
        const limits = new RateLimits({ login: { points: 5 }, store: redisLimits(connection.client) }, { logger: log });
        const burst = () => countAllowed(Array.from({ length: 20 }, () => limits.consume('login', `outage ${name}`)));
        expect(await burst()).to.equal(5);
        await server.stop();
        try {
          await wait(100);
          const began = Date.now();
          expect(await burst()).to.equal(5);
          expect(await burst()).to.equal(0);
          expect(Date.now() - began).to.be.below(500);
        } finally {
          await server.start();
        }
        expect(log.lines).to.have.length(1);
        expect(log.lines[0]).to.match(
          /^error: Rate limits cannot be kept in Redis \(.+\)\. Each process counts in its own memory meanwhile\.$/,
        );
        await wait(1500);
        await limits.consume('login', 'the first one that finds it back');
        expect(await burst()).to.equal(5);
        expect(log.lines).to.have.length(2);
        expect(log.lines[1]).to.equal('info: Rate limits are kept in Redis again.');
      });

      it('counts from the first request on, without a word, while the client still connects', async () => {
        const log = new LogBook();
        const early = await connect(server.port);
        try {
          const limits = new RateLimits({ login: { points: 5 }, store: redisLimits(early.client) }, { logger: log });
          expect(await countAllowed(Array.from({ length: 20 }, () => limits.consume('login', `early ${name}`)))).to.equal(5);
        } finally {
          early.close();
        }
        expect(log.lines).to.deep.equal([]);
      });

      it('does not wait for a Redis that hangs', async () => {
        const log = new LogBook();
        const limits = new RateLimits({ login: { points: 5 }, store: redisLimits(connection.client) }, { logger: log });
        await limits.consume('login', `hang ${name}`);
        server.halt();
        try {
          const began = Date.now();
          const burst = () => countAllowed(Array.from({ length: 20 }, () => limits.consume('login', `hang ${name}`)));
          expect(await burst()).to.equal(5);
          expect(Date.now() - began).to.be.below(4000);
          const next = Date.now();
          expect(await burst()).to.equal(0);
          expect(Date.now() - next).to.be.below(500);
        } finally {
          server.resume();
        }
        await wait(1200);
        await limits.tryConsume('login', `hang ${name}`);
        expect(log.lines.map((line) => line.slice(0, 5))).to.deep.equal(['error', 'info:']);
      });
    });
  }

  it('is found out at start where it has no client', () => {
    // @ts-expect-error an address is no client
    const store = redisLimits('redis://127.0.0.1');
    expect(checkRateLimits({ store })[0]).to.include('needs a client of ioredis or of redis 4 and later');
  });
});
