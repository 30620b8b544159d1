import type { Users } from 'routing-controllers-users';
import { createUser, FastHasher, Outbox, type ServedApp, serve, signIn } from 'routing-controllers-users/testing';
import { Container } from 'typedi';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeApp } from '../src/app.js';
import type { User } from '../src/user.entity.js';

let served: ServedApp;
let users: Users<User>;
let dataSource: DataSource;

beforeAll(async () => {
  const made = await makeApp(':memory:', {
    secret: 'a secret of the tests, thirty-two bytes and more',
    hashers: [new FastHasher()],
    hooks: [Outbox],
    rateLimits: false,
  });
  ({ users, dataSource } = made);
  served = await serve(made.app);
});

afterAll(async () => {
  await served.close();
  await users.close();
  await dataSource.destroy();
});

test('notes are their owner’s', async () => {
  const ada = await createUser(users, { email: 'ada@example.com' });
  const response = await fetch(`${served.url}/notes`, { headers: await signIn(users, ada) });
  expect(await response.json()).toEqual({ of: 'ada@example.com' });
});

test('nobody else gets in', async () => {
  expect((await fetch(`${served.url}/notes`)).status).toBe(401);
});

test('a new person gets a link to verify the address', async () => {
  const { email } = await createUser(users, { isVerified: false });
  await users.manager.requestVerify(email);
  expect(await Container.get(Outbox).token(email, 'verify')).toMatch(/^ey/);
});
