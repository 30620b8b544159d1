import {
  createPublicKey,
  createVerify,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  randomBytes,
  verify,
} from 'node:crypto';
import { expect } from 'chai';
import {
  AuthenticationBackend,
  BearerTransport,
  createJwksController,
  type JwtAlgorithm,
  type JwtKeyOptions,
  JwtStrategy,
} from '../../src/index.js';
import { drivers, type TestDatabase } from '../support/databases.js';
import type { Member } from '../support/member.entity.js';
import { setupFaults } from '../support/setup-faults.js';
import { SignInApp } from '../support/sign-in-app.js';

function keyFor(algorithm: JwtAlgorithm): KeyObject {
  switch (algorithm) {
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    case 'EdDSA':
      return generateKeyPairSync('ed25519').privateKey;
    default:
      return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  }
}

function pem(key: KeyObject): string {
  return key.export({ type: key.type === 'public' ? 'spki' : 'pkcs8', format: 'pem' }).toString();
}

describe('JwtStrategy with keys of the app’s own', () => {
  let database: TestDatabase;
  let app: SignInApp;

  beforeEach(async () => {
    const [driver] = drivers;
    if (driver === undefined) throw new Error('there is no driver');
    database = await driver.createDatabase();
  });

  afterEach(async () => {
    await app?.close();
    await database.drop();
  });

  async function start(keys: readonly JwtKeyOptions[], isFirst = true): Promise<void> {
    const strategy = new JwtStrategy<Member>({ keys, issuer: 'https://app.example' });
    const backend = new AuthenticationBackend<Member>({ name: 'jwt', transport: new BearerTransport(), strategy });
    app = await SignInApp.start(database.dataSourceOptions(), {
      backends: [backend],
      controllers: [createJwksController(strategy)],
    });
    if (isFirst) await app.add('ada');
  }

  async function restart(keys: readonly JwtKeyOptions[]): Promise<void> {
    await app.close();
    await start(keys, false);
  }

  for (const algorithm of ['RS256', 'PS256', 'ES256', 'EdDSA'] as const) {
    it(`signs by ${algorithm}, and publishes the key by which others verify`, async () => {
      await start([{ algorithm, key: pem(keyFor(algorithm)) }]);
      const signedIn = await app.signIn('ada');
      expect(await app.me(signedIn)).to.equal(200);
      const { status, headers, body } = await app.http.get('/.well-known/jwks.json');
      expect([status, headers['cache-control']]).to.deep.equal([200, 'no-store']);
      const [jwk, ...others] = body.keys as JsonWebKey[];
      expect(others).to.deep.equal([]);
      expect(jwk).to.include({ alg: algorithm, use: 'sig', kid: headerOf(signedIn.token).kid });
      expect(jwk).to.not.have.any.keys('d', 'p', 'q', 'dp', 'dq', 'qi', 'k');
      expect(isSignedBy(signedIn.token ?? '', jwk ?? {}, algorithm)).to.equal(true);
    });
  }

  it('signs by a secret of its own, and publishes none', async () => {
    await start([{ algorithm: 'HS256', key: randomBytes(32) }]);
    expect(await app.me(await app.signIn('ada'))).to.equal(200);
    const { status, body } = await app.http.get('/.well-known/jwks.json');
    expect([status, body.code]).to.deep.equal([500, 'INTERNAL_ERROR']);
    expect(app.logger.lines.flat().map(String).join()).to.include('failed');
  });

  it('rotates keys by their kid without signing anybody out', async () => {
    const [old, next] = [keyFor('ES256'), keyFor('RS256')];
    await start([{ algorithm: 'ES256', key: pem(old) }]);
    const first = await app.signIn('ada');
    await restart([
      { algorithm: 'RS256', key: pem(next), kid: 'next' },
      { algorithm: 'ES256', key: pem(createPublicKey(old)) },
    ]);
    expect(await app.me(first)).to.equal(200);
    const second = await app.signIn('ada');
    expect(headerOf(second.token)).to.deep.equal({ alg: 'RS256', typ: 'JWT', kid: 'next' });
    expect((await app.http.get('/.well-known/jwks.json')).body.keys).to.have.length(2);
    await restart([{ algorithm: 'RS256', key: pem(next), kid: 'next' }]);
    expect([await app.me(first), await app.me(second)]).to.deep.equal([401, 200]);
  });

  it('leaves the rest of /.well-known to the app', async () => {
    await start([{ algorithm: 'ES256', key: pem(keyFor('ES256')) }]);
    expect((await app.http.get('/.well-known/jwks.json/')).status).to.equal(200);
    expect((await app.http.get('/.well-known/jwks.json/x')).code).to.equal('NOT_FOUND');
    const other = await app.http.get('/.well-known/security.txt');
    expect([other.status, other.code]).to.deep.equal([404, undefined]);
  });

  describe('refuses at start', () => {
    const rsa = (modulusLength: number) => pem(generateKeyPairSync('rsa', { modulusLength }).privateKey);

    for (const [title, keys, sentence] of [
      ['no key', () => [], '`keys` is empty'],
      ['a short secret', () => [{ algorithm: 'HS256', key: 'short' }], 'has 5 bytes, at least 32 are needed'],
      ['a PEM as a secret', () => [{ algorithm: 'HS256', key: rsa(2048) }], 'cannot be read'],
      ['an RSA key of 1024 bits', () => [{ algorithm: 'RS256', key: rsa(1024) }], 'has 1024 bits, at least 2048'],
      ['a key of another kind', () => [{ algorithm: 'ES256', key: rsa(2048) }], 'is of type rsa, and ES256 takes ec'],
      ['what is no key', () => [{ algorithm: 'RS256', key: 'nothing' }], 'cannot be read'],
      ['the algorithm none', () => [{ algorithm: 'none', key: rsa(2048) }], 'is none of HS256'],
      [
        'a first key that cannot sign',
        () => [{ algorithm: 'ES256', key: pem(createPublicKey(keyFor('ES256'))) }],
        'is a public key, and the first key signs',
      ],
    ] as const) {
      it(title, async () => {
        const strategy = new JwtStrategy<Member>({ keys: keys() as unknown as JwtKeyOptions[] });
        const backends = [new AuthenticationBackend<Member>({ name: 'jwt', transport: new BearerTransport(), strategy })];
        expect(await setupFaults({ backends }))
          .to.include('backend "jwt"')
          .and.to.include(sentence);
      });
    }

    it('a lifetime that is none', async () => {
      for (const lifetimeSeconds of [0, -1, 1.5, Number.NaN, '900' as unknown as number]) {
        const strategy = new JwtStrategy<Member>({ lifetimeSeconds });
        const backends = [new AuthenticationBackend<Member>({ name: 'jwt', transport: new BearerTransport(), strategy })];
        expect(await setupFaults({ backends })).to.include('`lifetimeSeconds` of JwtStrategy');
      }
    });
  });
});

function headerOf(token = ''): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
}

/** As a service does that has the published keys alone. */
function isSignedBy(token: string, jwk: JsonWebKey, algorithm: JwtAlgorithm): boolean {
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  const end = token.lastIndexOf('.');
  const content = Buffer.from(token.slice(0, end));
  const signature = Buffer.from(token.slice(end + 1), 'base64url');
  switch (algorithm) {
    case 'EdDSA':
      return verify(null, content, key, signature);
    case 'ES256':
      return verify('sha256', content, { key, dsaEncoding: 'ieee-p1363' }, signature);
    case 'PS256':
      return verify('sha256', content, { key, padding: 6, saltLength: 32 }, signature);
    default:
      return createVerify('sha256').update(content).verify(key, signature);
  }
}
