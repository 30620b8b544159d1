import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { expect } from 'chai';
import { BcryptHasher } from '../../src/index.js';
import { databaseBackends } from '../support/backends.js';
import { drivers, type TestDatabase } from '../support/databases.js';
import { setupFaults } from '../support/setup-faults.js';
import { SignInApp } from '../support/sign-in-app.js';
import { carried, emailOf, PASSWORD } from '../support/sign-in-client.js';

const NEW_PASSWORD = 'another long password';

/** What went wrong with tokens elsewhere, each fault by its identifier. They are the same on every database. */
describe('faults of peers: tokens and ways in', () => {
  const [driver] = drivers;
  if (driver === undefined) return;
  let database: TestDatabase;
  let app: SignInApp;

  before(async () => {
    database = await driver.createDatabase();
    app = await SignInApp.start(database.dataSourceOptions());
    await app.add('ada');
  });
  after(async () => {
    await app.close();
    await database.drop();
  });

  const statusOf = async (token: string) => (await app.http.get('/users/me', { token })).status;

  it('GHSA-392p-2q2v-4372: refreshes at once fork the family', async () => {
    const { refreshToken } = await app.signIn('ada', 'jwt');
    const answers = await Promise.all(Array.from({ length: 8 }, () => app.refresh(refreshToken)));
    expect(answers.map(({ status }) => status)).to.deep.equal(Array(8).fill(200));
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).to.equal(1);
  });

  it('rodauth: a grace leaves a session alive that has ended', async () => {
    const { refreshToken } = await app.signIn('ada', 'jwt');
    const { body } = await app.refresh(refreshToken);
    expect((await app.http.post('/users/logout', undefined, { token: String(body.access_token) })).status).to.equal(204);
    for (const token of [refreshToken, body.refresh_token]) expect((await app.refresh(token)).status).to.equal(401);
  });

  it('GHSA-pw9m-5jxm-xr6h, CVE-2023-48309: a token of one purpose works for another', async () => {
    const una = await app.add('una', { isVerified: false });
    const signedIn = await app.signIn('una', 'jwt');
    await app.users.manager.requestVerify(una);
    const verify = await app.outbox.token(una.email, 'verify');
    await app.users.manager.forgotPassword(una);
    const reset = await app.outbox.token(una.email, 'reset-password');
    const email = emailOf('una-moved');
    await app.http.patch('/users/me', { email, currentPassword: PASSWORD }, carried(signedIn));
    const change = await app.outbox.token(email, 'change-email');
    const opaque = (await app.signIn('una', 'opaque')).token ?? '';
    const { token: access = '', refreshToken = '' } = signedIn;

    for (const token of [refreshToken, verify, reset, change]) expect(await statusOf(token)).to.equal(401);
    for (const token of [access, opaque, verify, reset, change]) expect((await app.refresh(token)).status).to.equal(401);
    for (const token of [access, opaque, refreshToken, reset]) {
      expect((await app.http.post('/users/verify', { token })).code).to.equal('VERIFY_USER_BAD_TOKEN');
    }
    for (const token of [access, opaque, refreshToken, verify, change]) {
      const answer = await app.http.post('/users/reset-password', { token, password: NEW_PASSWORD });
      expect(answer.code).to.equal('RESET_PASSWORD_BAD_TOKEN');
    }
  });

  it('CVE-2015-9235, CVE-2022-23540, CVE-2022-23541, CVE-2025-65945: the token chooses how it is verified', async () => {
    const { token = '' } = await app.signIn('ada', 'jwt');
    const [header = '', payload = '', signature = ''] = token.split('.');
    const given: object = JSON.parse(Buffer.from(header, 'base64url').toString());
    const forge = (changes: object, key?: string) => {
      const content = `${encode({ ...given, ...changes })}.${payload}`;
      return `${content}.${key === undefined ? '' : createHmac('sha256', key).update(content).digest('base64url')}`;
    };
    const forged = [
      ...['none', 'None', 'NONE', '', null].flatMap((alg) => [forge({ alg }), `${encode({ alg })}.${payload}.${signature}`]),
      ...['RS256', 'ES256', 'HS384', 'HS512'].map((alg) => forge({ alg }, '')),
      ...['', null, '../../dev/null', '__proto__', "' OR 1=1"].flatMap((kid) => [forge({ kid }, ''), forge({ kid }, 'null')]),
      forge({ crit: ['exp'] }, ''),
      `${header}.${payload}.`,
      `${header}.${payload}`,
    ];
    for (const bad of forged) expect(await statusOf(bad), bad).to.equal(401);
    expect(await statusOf(token)).to.equal(200);
  });

  it('GHSA-5rr4-8452-hf4v: an address in a token is fetched', async () => {
    let asked = 0;
    const server = createServer((_request, response) => {
      asked += 1;
      response.end('{"keys":[]}');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/jwks.json`;
    const [, payload] = ((await app.signIn('ada', 'jwt')).token ?? '').split('.');
    for (const name of ['jku', 'x5u', 'iss']) {
      expect(await statusOf(`${encode({ alg: 'RS256', kid: 'k', [name]: url })}.${payload}.AAAA`)).to.equal(401);
    }
    expect(asked).to.equal(0);
    server.closeAllConnections();
    server.close();
  });

  it('GHSA-xmf8-cvqr-rfgj: a malformed Authorization header throws', async () => {
    const { token = '' } = await app.signIn('ada', 'jwt');
    for (const authorization of [
      'Bearer',
      'Bearer ',
      'Bearer  ',
      'Basic YTpi',
      'Bearer a b',
      `Bearer ${token} x`,
      '\u00ff',
      'Bearer %',
      ', ,',
      `Bearer ${'a'.repeat(6000)}`,
      'Bearer ..',
      'Bearer {}',
    ]) {
      const answer = await app.http.get('/users/me', { headers: { authorization } });
      expect([answer.status, answer.code], authorization).to.deep.equal([401, 'UNAUTHORIZED']);
    }
  });

  it('GHSA-8fpg-xm3f-6cx3: a fault of the configuration leaves the doors open', async () => {
    for (const secret of ['', 'short', ['a secret of the tests, which has more than 32 bytes', 'short']]) {
      expect(await setupFaults({ secret })).to.contain('32');
    }
  });

  it('CVE-2022-23529: a secret is an object with a `toString` of its own', async () => {
    const secret: never = { toString: () => 'a secret of the tests, which has more than 32 bytes' } as never;
    for (const given of [{ secret }, { secret: [secret] }, { resetPasswordTokenSecret: secret }]) {
      expect(await setupFaults(given)).to.match(/secret/i);
    }
  });

  it('GHSA-wc43-73w7-x2f5 (kratos), django-allauth 65.13: one way in ignores what the others ask for', async () => {
    const strict = database.dataSourceOptions();
    const other = await SignInApp.start(strict, { requiresVerification: true, synchronize: false });
    await other.add('vic');
    const ina = await other.add('ina', { isVerified: false });
    const { refreshToken } = await app.signIn('ina', 'jwt');
    for (const { name } of databaseBackends()) {
      expect((await other.login('ina', name)).code, name).to.equal('LOGIN_USER_NOT_VERIFIED');
    }
    expect((await other.refresh(refreshToken)).status).to.equal(403);
    await other.users.manager.update(ina, { isVerified: true, isActive: false });
    for (const { name } of databaseBackends()) {
      expect((await other.login('ina', name)).code, name).to.equal('LOGIN_BAD_CREDENTIALS');
    }
    expect((await other.refresh(refreshToken)).status).to.equal(401);
    await other.close();
  });

  it('CVE-2020-7689, Okta 2024: bcrypt cuts at 72 bytes and at a NUL, and wraps at 255', async () => {
    const hashed = await SignInApp.start(database.dataSourceOptions(), {
      synchronize: false,
      hashers: [new BcryptHasher({ cost: 4, dangerouslyAllowWeakCost: true })],
    });
    const long = 'correct horse battery '.repeat(11);
    const people = { ben: long.slice(0, 73), cyd: `nul\u0000${long.slice(0, 20)}`, dot: long.slice(0, 256) };
    for (const [name, password] of Object.entries(people)) {
      await hashed.add(name, { password });
      const login = (tried: string) => hashed.http.post('/users/login', { email: emailOf(name), password: tried });
      for (const length of [0, 1, 3, 71, 72, 255, password.length - 1]) {
        expect((await login(password.slice(0, Math.min(length, password.length - 1)))).status, `${name} ${length}`).to.equal(400);
      }
      expect((await login(password)).status, name).to.equal(200);
    }
    await hashed.close();
  });
});

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
