import assert from 'node:assert/strict';
import { useContainer } from 'routing-controllers';
import { setupUsers, UsersController, UsersSetupError } from 'routing-controllers-users';
import { Argon2Hasher } from 'routing-controllers-users/argon2';
import { AuditController } from 'routing-controllers-users/audit';
import { OAuthController } from 'routing-controllers-users/oauth';
import { openApiDocument } from 'routing-controllers-users/openapi';
import { RedisStrategy } from 'routing-controllers-users/redis';
import { TestClock } from 'routing-controllers-users/testing';
import { Container } from 'typedi';
import { run } from './journey.js';
import { openDatabase, secret, User } from './user.js';

/** All of them can be imported where none of the optional packages is installed; what needs one says so in the set-up. */
run(async () => {
  for (const loaded of [Argon2Hasher, AuditController, OAuthController, openApiDocument, RedisStrategy, TestClock]) {
    assert.equal(typeof loaded, 'function');
  }
  const dataSource = await openDatabase();
  useContainer(Container);
  assert.throws(
    () => setupUsers({ dataSource, user: User, secret, hashers: [new Argon2Hasher()] }),
    (error) => error instanceof UsersSetupError && /npm install @node-rs\/argon2$/.test(error.message),
  );
  const users = setupUsers({ dataSource, user: User, secret });
  assert.throws(
    () => openApiDocument(users, users.routing({ controllers: [UsersController] }), { info: { title: 'App', version: '1' } }),
    (error) =>
      error instanceof UsersSetupError &&
      /npm install (routing-controllers-openapi|class-validator-jsonschema)$/.test(error.message),
  );
  await users.close();
  await dataSource.destroy();
});
