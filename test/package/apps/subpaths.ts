import assert from 'node:assert/strict';
import { Argon2Hasher } from 'routing-controllers-users/argon2';
import { AuditController } from 'routing-controllers-users/audit';
import { OAuthController } from 'routing-controllers-users/oauth';
import { openApiDocument } from 'routing-controllers-users/openapi';
import { RedisStrategy } from 'routing-controllers-users/redis';
import { TestClock } from 'routing-controllers-users/testing';
import { run } from './journey.js';

/** All of them can be imported where none of the optional packages is installed; what needs one says so in the set-up. */
run(async () => {
  for (const loaded of [Argon2Hasher, AuditController, OAuthController, openApiDocument, RedisStrategy, TestClock]) {
    assert.equal(typeof loaded, 'function');
  }
  assert.deepEqual(new Argon2Hasher().faults(), ['Argon2Hasher needs the package @node-rs/argon2: npm install @node-rs/argon2']);
});
