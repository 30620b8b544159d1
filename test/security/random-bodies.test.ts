import { expect } from 'chai';
import fc from 'fast-check';
import { drivers } from '../support/databases.js';
import { PASSWORD, UsersApp } from '../support/users-app.js';

const RUNS = 3000;
const SECRET_WORD = 'unspeakable-secret-word';

const ROUTES = [
  ['POST', '/users/register'],
  ['POST', '/users/login'],
  ['POST', '/users/refresh'],
  ['POST', '/users/forgot-password'],
  ['POST', '/users/reset-password'],
  ['POST', '/users/request-verify-token'],
  ['POST', '/users/verify'],
  ['PATCH', '/users/me'],
  ['POST', '/users/me/reauthenticate'],
  ['POST', '/users'],
  ['GET', '/users'],
  ['PATCH', '/users/ID'],
  ['GET', '/users/ID'],
  ['DELETE', '/users/me/sessions/ID'],
] as const;

const FIELDS = [
  'email',
  'password',
  'username',
  'token',
  'currentPassword',
  'refresh_token',
  'firstName',
  'userName',
  'isActive',
  'isVerified',
  'id',
  'hashedPassword',
  '__proto__',
  'constructor',
  'grant_type',
];

const value = fc.oneof(
  fc.constantFrom(
    `ada@example.com`,
    `${SECRET_WORD}@example.com`,
    SECRET_WORD,
    PASSWORD,
    '',
    '\u0000',
    '\ud800',
    'é@example.com',
    null,
    true,
    0,
    -1,
    1e308,
    '%',
    "' OR 1=1 --",
  ),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.jsonValue({ maxDepth: 3 }),
);
const object = fc.dictionary(fc.constantFrom(...FIELDS), value, { maxKeys: 6 });
const body = fc.oneof(
  { weight: 6, arbitrary: object.map((fields) => JSON.stringify(fields)) },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '[]',
      '[[[[]]]]',
      'null',
      '"x"',
      '{',
      `{"a":${'['.repeat(2000)}${']'.repeat(2000)}}`,
      'username=a&password=b&password=c',
    ),
  },
);
const type = fc.constantFrom(
  'application/json',
  'application/json',
  'application/json',
  'application/merge-patch+json',
  'application/x-www-form-urlencoded',
  'text/plain',
  '',
);
const path = fc.constantFrom(
  '00000000-0000-7000-8000-000000000000',
  'nope',
  '%E0%A4%A',
  "1' OR '1'='1",
  '?limit=1&limit=2',
  '?search=%00',
);
const request = fc.record({ route: fc.constantFrom(...ROUTES), body, type, path, signedIn: fc.boolean() });

describe(`${RUNS} random bodies over all routes`, function () {
  this.timeout(120_000);

  it('make no 5xx and no hang: each is answered, errors as problem+json, and no secret is logged', async () => {
    const [driver] = drivers;
    if (driver === undefined) return;
    const app = await UsersApp.start(driver);
    try {
      const superuser = await app.add('root', { isSuperuser: true });
      await app.add('other', { isSuperuser: true });
      await fc.assert(
        fc.asyncProperty(request, async ({ route: [method, pattern], body: content, type: contentType, path: id, signedIn }) => {
          const headers = {
            ...(contentType === '' ? {} : { 'content-type': contentType }),
            ...(signedIn ? { authorization: `Bearer ${await app.tokenOf(superuser)}` } : {}),
          };
          const response = await fetch(`${app.http.url}${pattern.replace('ID', id)}`, {
            method,
            headers,
            ...(method === 'GET' ? {} : { body: content }),
            signal: AbortSignal.timeout(5000),
          });
          const text = await response.text();
          expect(response.status, `${method} ${pattern} ${content}: ${text}`).to.be.below(500);
          if (response.status >= 400) {
            expect(response.headers.get('content-type'), `${method} ${pattern}`).to.equal('application/problem+json');
            expect(text).not.to.contain(SECRET_WORD);
          }
          expect(response.headers.get('cache-control')).to.equal('no-store');
        }),
        { numRuns: RUNS, endOnFailure: true },
      );
      expect(JSON.stringify(app.logger.lines)).not.to.contain(SECRET_WORD);
    } finally {
      await app.close();
    }
  });
});
