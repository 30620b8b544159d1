import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import express from 'express';
import { useExpressServer } from 'routing-controllers';
import { UsersController } from '../../src/index.js';
import { FastHasher } from '../../src/testing/index.js';
import { drivers } from '../support/databases.js';
import { emailOf, PASSWORD, UsersApp } from '../support/users-app.js';

/** Hashes as fast as any, once it is let. */
class HeldHasher extends FastHasher {
  private release = (): void => undefined;
  private readonly released = new Promise<void>((resolve) => {
    this.release = resolve;
  });

  override async verify(password: string, hash: string): Promise<boolean> {
    await this.released;
    return super.verify(password, hash);
  }

  let(): void {
    this.release();
  }
}

describe('a client', () => {
  const [driver] = drivers;
  if (driver === undefined) return;
  let app: UsersApp;
  afterEach(() => app.close());

  it('without an address, as over a Unix socket, has five wrong passwords for an account too', async () => {
    app = await UsersApp.start(driver, { rateLimits: undefined });
    await app.add('ada');
    const server = createServer(useExpressServer(express(), app.users.routing({ controllers: [UsersController] })));
    const socketPath = join(tmpdir(), `${randomUUID()}.sock`);
    await once(server.listen(socketPath), 'listening');
    const login = (password: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const headers = { 'content-type': 'application/json', connection: 'close' };
        const sending = request({ socketPath, path: '/users/login', method: 'POST', headers }, (response) => {
          response.resume().on('end', () => resolve(response.statusCode));
        });
        sending.on('error', reject).end(JSON.stringify({ email: emailOf('ada'), password }));
      });
    const statuses = [];
    for (let index = 0; index < 6; index += 1) statuses.push(await login(`wrong password ${index}`));
    expect(statuses).to.deep.equal([400, 400, 400, 400, 400, 429]);
    expect(await login(PASSWORD)).to.equal(429);
    await new Promise((resolve) => server.close(resolve));
  });

  it('with a whole /64 of IPv6 has one share of the queue of passwords', async () => {
    const hasher = new HeldHasher();
    app = await UsersApp.start(driver, { trustProxy: true, hashers: [hasher] });
    await app.add('ada');
    const login = (address: string) =>
      app.http.post('/users/login', { email: emailOf('ada'), password: PASSWORD }, { headers: { 'x-forwarded-for': address } });
    // 32 wait for each that is being hashed, which is one on each processor at most.
    const most = 33 * availableParallelism();
    const logins = Array.from({ length: most + 1 }, (_, index) => login(`2001:db8:1:1::${(index + 1).toString(16)}`));
    const early = await Promise.race([...logins, wait(5000)]);
    const other = login('2001:db8:2:2::1');
    hasher.let();
    expect(early).to.include({ status: 503 });
    expect((await other).status).to.equal(200);
    await Promise.all(logins);
  });
});
