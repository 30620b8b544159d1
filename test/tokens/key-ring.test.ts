import { createHash, createPublicKey, generateKeyPairSync, randomBytes, verify } from 'node:crypto';
import { expect } from 'chai';
import jsonwebtoken from 'jsonwebtoken';
import { UsersSetupError } from '../../src/runtime/setup-error.js';
import { checkKeys, type JwtAlgorithm, type JwtKeyOptions, KeyRing } from '../../src/tokens/index.js';
import { claims, ec, ed, encode, forge, hmac, now, rs256, rsa, seconds } from './jwt-support.js';

const secret = randomBytes(32);
const expected = { audience: 'users:auth', now };

const keysByAlgorithm: Record<JwtAlgorithm, JwtKeyOptions> = {
  HS256: { algorithm: 'HS256', kid: 'k', key: secret },
  RS256: { algorithm: 'RS256', kid: 'k', key: rsa.privateKey },
  PS256: { algorithm: 'PS256', kid: 'k', key: rsa.privateKey },
  ES256: { algorithm: 'ES256', kid: 'k', key: ec.privateKey },
  EdDSA: { algorithm: 'EdDSA', kid: 'k', key: ed.privateKey },
};

describe('KeyRing', () => {
  for (const [algorithm, key] of Object.entries(keysByAlgorithm)) {
    describe(`with ${algorithm}`, () => {
      const ring = KeyRing.of([key]);
      const token = ring.sign({ ...claims, sid: 's' });

      it('verifies what it signed', () => {
        expect(ring.faults).to.deep.equal([]);
        expect(ring.verify(token, expected)).to.deep.equal({ ...claims, sid: 's' });
      });

      it('names algorithm, type and key in the header, and nothing else', () => {
        const header: unknown = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
        expect(header).to.deep.equal({ alg: algorithm, typ: 'JWT', kid: 'k' });
      });

      it('refuses every change to the token', () => {
        for (let index = 0; index < token.length; index += 1) {
          const other = token[index] === 'A' ? 'B' : 'A';
          const changed = token.slice(0, index) + other + token.slice(index + 1);
          expect(ring.verify(changed, expected), `at ${index}`).to.equal(null);
        }
      });

      it('refuses a signature that is missing, cut or longer', () => {
        const [header, payload, signature = ''] = token.split('.');
        for (const bad of [
          '',
          signature.slice(0, -1),
          signature.slice(0, -4),
          `${signature}AAAA`,
          `${signature}=`,
          ` ${signature}`,
        ]) {
          expect(ring.verify(`${header}.${payload}.${bad}`, expected)).to.equal(null);
        }
      });

      it('refuses the same header with the key of another', () => {
        const fresh = {
          HS256: randomBytes(32),
          RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
          PS256: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
          ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
          EdDSA: generateKeyPairSync('ed25519').privateKey,
        }[key.algorithm];
        expect(KeyRing.of([{ ...key, key: fresh }]).verify(token, expected)).to.equal(null);
      });
    });
  }

  it('signs EdDSA as RFC 8037 says', () => {
    const token = KeyRing.of([keysByAlgorithm.EdDSA]).sign(claims);
    const end = token.lastIndexOf('.');
    const signature = Buffer.from(token.slice(end + 1), 'base64url');
    expect(verify(null, Buffer.from(token.slice(0, end)), ed.publicKey, signature)).to.equal(true);
  });

  it('is understood by jsonwebtoken, and understands it', () => {
    const ring = KeyRing.of([keysByAlgorithm.RS256]);
    expect(jsonwebtoken.verify(ring.sign(claims), rsa.publicKey, { clockTimestamp: seconds })).to.deep.equal(claims);
    expect(ring.verify(jsonwebtoken.sign(claims, rsa.privateKey, { algorithm: 'RS256', keyid: 'k' }), expected)).to.deep.equal(
      claims,
    );
  });

  it('takes a token without a kid, if a key of its algorithm signed it', () => {
    const ring = KeyRing.of([keysByAlgorithm.RS256, { ...keysByAlgorithm.HS256, kid: 'h' }]);
    expect(ring.verify(forge({ alg: 'HS256' }, claims, hmac(secret)), expected)).to.deep.equal(claims);
  });

  describe('rotation', () => {
    it('signs with the first key and verifies by all', () => {
      const [older, newer] = [randomBytes(32), randomBytes(32)];
      const before = KeyRing.ofSecrets([older]);
      const after = KeyRing.ofSecrets([newer, older]);
      expect(after.verify(before.sign(claims), expected)).to.deep.equal(claims);
      expect(before.verify(after.sign(claims), expected)).to.equal(null);
      expect(KeyRing.ofSecrets([newer]).verify(before.sign(claims), expected)).to.equal(null);
    });

    it('verifies by a public key that is kept after its private one is gone', () => {
      const old = KeyRing.of([{ ...keysByAlgorithm.RS256, kid: 'old' }]).sign(claims);
      const ring = KeyRing.of([
        { ...keysByAlgorithm.ES256, kid: 'new' },
        { algorithm: 'RS256', kid: 'old', key: rsa.publicKey },
      ]);
      expect(ring.verify(old, expected)).to.deep.equal(claims);
    });

    it('gives a key without a kid the same one in every process', () => {
      const kid = (ring: KeyRing): unknown =>
        JSON.parse(Buffer.from(ring.sign(claims).split('.')[0] ?? '', 'base64url').toString()).kid;
      expect(kid(KeyRing.ofSecrets([secret])))
        .to.equal(kid(KeyRing.ofSecrets([Buffer.from(secret)])))
        .and.to.match(/^[\w-]{16}$/);
      expect(kid(KeyRing.ofSecrets([secret]))).not.to.equal(createHash('sha256').update(secret).digest('base64url').slice(0, 16));
    });
  });

  describe('refuses', () => {
    const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' });
    const pkcs1 = rsa.publicKey.export({ type: 'pkcs1', format: 'pem' });
    const der = rsa.publicKey.export({ type: 'spki', format: 'der' });
    const rsRing = KeyRing.of([keysByAlgorithm.RS256]);
    const hsRing = KeyRing.of([keysByAlgorithm.HS256]);
    const esRing = KeyRing.of([
      { ...keysByAlgorithm.ES256, kid: 'e' },
      { ...keysByAlgorithm.HS256, kid: 'h' },
    ]);
    const header = { alg: 'HS256', typ: 'JWT', kid: 'k' };
    const signed = (payload: object | string, head: object | string = header): string => forge(head, payload, hmac(secret));

    it('nothing of the claims that these tests change', () => {
      expect(hsRing.verify(signed(claims), expected)).to.deep.equal(claims);
    });

    for (const alg of ['none', 'None', 'NONE', 'nOnE', '', 'hs256', 'HS384', 'HS512']) {
      it(`alg "${alg}" (jsonwebtoken CVE-2015-9235, CVE-2022-23540)`, () => {
        for (const ring of [hsRing, rsRing, esRing]) {
          expect(
            ring.verify(
              forge({ ...header, alg }, claims, () => ''),
              expected,
            ),
          ).to.equal(null);
          expect(ring.verify(forge({ ...header, alg }, claims, hmac(secret)), expected)).to.equal(null);
        }
      });
    }

    for (const alg of [null, 0, true, ['HS256'], { HS256: 1 }, undefined]) {
      it(`alg ${JSON.stringify(alg)}`, () => {
        expect(hsRing.verify(signed(claims, { ...header, alg }), expected)).to.equal(null);
      });
    }

    for (const [name, key] of [
      ['PEM', pem],
      ['PEM without its last line break', pem.toString().trim()],
      ['PKCS#1 PEM', pkcs1],
      ['DER', der],
      ['an empty key', ''],
    ] as const) {
      it(`an RSA public key as the secret of HS256: ${name} (jsonwebtoken CVE-2022-23541)`, () => {
        expect(rsRing.verify(forge(header, claims, hmac(key)), expected)).to.equal(null);
        expect(rsRing.verify(forge({ alg: 'HS256' }, claims, hmac(key)), expected)).to.equal(null);
      });
    }

    it('the kid of an ES256 key with HS256, whatever the secret (jsonwebtoken CVE-2022-23541)', () => {
      const publicPem = ec.publicKey.export({ type: 'spki', format: 'pem' });
      for (const key of [secret, publicPem, '', Buffer.alloc(32)]) {
        expect(esRing.verify(forge({ ...header, kid: 'e' }, claims, hmac(key)), expected)).to.equal(null);
      }
    });

    for (const kid of [
      '',
      null,
      0,
      false,
      [],
      ['k'],
      {},
      'K',
      'k ',
      'unknown',
      '../../dev/null',
      '__proto__',
      'constructor',
      "k' OR 1=1 --",
    ]) {
      it(`kid ${JSON.stringify(kid)}, signed with a good, an empty and a zero key (jws CVE-2025-65945, GHSA-869p-cjfg-cm3x)`, () => {
        for (const key of [secret, '', Buffer.alloc(32)]) {
          expect(hsRing.verify(forge({ ...header, kid }, claims, hmac(key)), expected)).to.equal(null);
        }
      });
    }

    it('a key that the token brings along', () => {
      const mine = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const jwk = mine.publicKey.export({ format: 'jwk' });
      for (const brought of [
        { jwk },
        { jku: 'https://evil.example/jwks' },
        { x5u: 'https://evil.example/c' },
        { x5c: ['MII'] },
      ]) {
        expect(rsRing.verify(forge({ alg: 'RS256', kid: 'k', ...brought }, claims, rs256(mine.privateKey)), expected)).to.equal(
          null,
        );
        expect(rsRing.verify(forge({ alg: 'RS256', ...brought }, claims, rs256(mine.privateKey)), expected)).to.equal(null);
      }
    });

    for (const crit of [['exp'], ['b64'], [], null, 'exp', {}]) {
      it(`crit ${JSON.stringify(crit)}`, () => {
        expect(hsRing.verify(signed(claims, { ...header, crit, b64: false }), expected)).to.equal(null);
      });
    }

    for (const typ of ['at+jwt', 'jwt ', '', null, 1, ['JWT']]) {
      it(`typ ${JSON.stringify(typ)}`, () => {
        expect(hsRing.verify(signed(claims, { ...header, typ }), expected)).to.equal(null);
      });
    }

    for (const [name, change] of [
      ['no exp', { exp: undefined }],
      ['an exp that has come', { exp: seconds - 5 }],
      ['an exp as text', { exp: String(seconds + 60) }],
      ['an exp with a fraction', { exp: seconds + 0.5 }],
      ['an exp of null', { exp: null }],
      ['no iat', { iat: undefined }],
      ['an iat to come', { iat: seconds + 6 }],
      ['an iat as text', { iat: String(seconds) }],
      ['no sub', { sub: undefined }],
      ['an empty sub', { sub: '' }],
      ['a sub that is a number', { sub: 1 }],
      ['a sub that is an object', { sub: { id: 'ada' } }],
      ['no aud', { aud: undefined }],
      ['another aud', { aud: 'users:reset-password' }],
      ['an aud that begins alike', { aud: 'users:auth2' }],
      ['two auds', { aud: ['users:auth', 'other'] }],
      ['an empty list of auds', { aud: [] }],
      ['an aud within a list', { aud: [['users:auth']] }],
      ['an nbf to come', { nbf: seconds + 6 }],
      ['an nbf as text', { nbf: String(seconds) }],
      ['an nbf of null', { nbf: null }],
      ['an iss that is no text', { iss: ['a'] }],
    ] as const) {
      it(`claims with ${name}`, () => {
        expect(hsRing.verify(signed({ ...claims, ...change }), expected)).to.equal(null);
      });
    }

    for (const exp of ['1e400', '-1e400', '9007199254740993', 'NaN']) {
      it(`an exp of ${exp}`, () => {
        expect(hsRing.verify(signed(JSON.stringify(claims).replace(/"exp":\d+/, `"exp":${exp}`)), expected)).to.equal(null);
      });
    }

    it('no iss and another iss, where one is expected', () => {
      const withIssuer = { ...expected, issuer: 'https://app.example' };
      expect(hsRing.verify(signed({ ...claims, iss: 'https://app.example' }), withIssuer)).to.include({
        iss: 'https://app.example',
      });
      for (const iss of [undefined, 'https://app.example/', 'https://evil.example', ['https://app.example'], '']) {
        expect(hsRing.verify(signed({ ...claims, iss }), withIssuer)).to.equal(null);
      }
    });

    it('a payload that is no object', () => {
      for (const payload of ['null', '[]', '"text"', '1', '', '{', 'no json']) {
        expect(hsRing.verify(signed(payload), expected), payload).to.equal(null);
      }
    });

    it('whatever is no token', () => {
      const good = hsRing.sign(claims);
      const [head = '', payload = '', signature = ''] = good.split('.');
      const texts = [
        '',
        '.',
        '..',
        '...',
        'a.b.c',
        `${good}.`,
        `.${good}`,
        ` ${good}`,
        `${good}\n`,
        `${good}=`,
        `${head}.${payload}`,
        `${head}..${signature}`,
      ];
      const headers = ['null', '[]', '"a"', '1', '', '{', '\xff'].map((text) => `${encode(text)}.${payload}.${signature}`);
      const others = [null, undefined, 0, 1, true, {}, [], [good], { toString: () => good }, Buffer.from(good), Symbol('a')];
      for (const token of [...texts, ...headers, ...others]) expect(hsRing.verify(token, expected)).to.equal(null);
    });

    it('a second spelling of a good token', () => {
      const good = hsRing.sign(claims);
      const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
      const last = alphabet.indexOf(good.at(-1) ?? '');
      // 32 bytes fill 43 characters but for two bits, which a lenient decoder drops.
      expect(hsRing.verify(good.slice(0, -1) + alphabet[last ^ 1], expected)).to.equal(null);
      expect(
        hsRing.verify(
          good
            .replaceAll('-', '+')
            .replaceAll('_', '/')
            .replace(/\.[^.]*$/, '$&+'),
          expected,
        ),
      ).to.equal(null);
    });

    it('more than 4 kB, unread', () => {
      const large = signed({ ...claims, more: 'a'.repeat(4000) });
      expect(large.length).to.be.greaterThan(4096);
      expect(hsRing.verify(large, expected)).to.equal(null);
      expect(hsRing.verify('a'.repeat(10_000_000), expected)).to.equal(null);
    });
  });

  describe('time', () => {
    const ring = KeyRing.ofSecrets([secret]);
    const at = (offset: number, clockToleranceSeconds?: number) => ({
      audience: 'users:auth',
      now: new Date((seconds + offset) * 1000),
      ...(clockToleranceSeconds === undefined ? {} : { clockToleranceSeconds }),
    });

    it('bridges five seconds between two clocks', () => {
      const token = ring.sign({ ...claims, nbf: seconds });
      expect(ring.verify(token, at(-5))).not.to.equal(null);
      expect(ring.verify(token, at(-6))).to.equal(null);
      expect(ring.verify(token, at(64))).not.to.equal(null);
      expect(ring.verify(token, at(65))).to.equal(null);
    });

    it('bridges as much as it is told', () => {
      const token = ring.sign(claims);
      expect(ring.verify(token, at(59, 0))).not.to.equal(null);
      expect(ring.verify(token, at(60, 0))).to.equal(null);
      expect(ring.verify(token, at(89, 30))).not.to.equal(null);
    });
  });

  it('tells an audience in a list of one as text', () => {
    const ring = KeyRing.ofSecrets([secret]);
    expect(ring.verify(ring.sign({ ...claims, aud: ['users:auth'] }), expected)).to.deep.equal(claims);
  });

  describe('jwks', () => {
    it('gives public keys alone, with kid, alg and use', () => {
      const keys = (['RS256', 'ES256', 'EdDSA', 'HS256'] as const).map((algorithm) => ({
        ...keysByAlgorithm[algorithm],
        kid: algorithm,
      }));
      const { keys: published } = KeyRing.of(keys).jwks();
      expect(published.map(({ kid, alg, use }) => [kid, alg, use])).to.deep.equal([
        ['RS256', 'RS256', 'sig'],
        ['ES256', 'ES256', 'sig'],
        ['EdDSA', 'EdDSA', 'sig'],
      ]);
      for (const key of published) {
        for (const part of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(key).not.to.have.property(part);
        expect(createPublicKey({ key, format: 'jwk' }).type).to.equal('public');
      }
    });
  });

  describe('checkKeys (jsonwebtoken CVE-2022-23529, CVE-2022-23539: a key that does not fit its algorithm)', () => {
    const ecPem = ec.privateKey.export({ type: 'pkcs8', format: 'pem' });

    it('takes keys as PEM, text of a JWK, JWK, Buffer and KeyObject', () => {
      const jwk = rsa.privateKey.export({ format: 'jwk' });
      for (const key of [rsa.privateKey, jwk, JSON.stringify(jwk), rsa.privateKey.export({ type: 'pkcs1', format: 'pem' })]) {
        expect(checkKeys([{ algorithm: 'RS256', key }])).to.deep.equal([]);
        const ring = KeyRing.of([{ algorithm: 'RS256', key }]);
        expect(ring.verify(ring.sign(claims), expected)).to.deep.equal(claims);
      }
      expect(checkKeys([{ algorithm: 'ES256', key: Buffer.from(ecPem) }])).to.deep.equal([]);
      expect(checkKeys([{ algorithm: 'HS256', key: 'a secret of thirty-two characters' }])).to.deep.equal([]);
    });

    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
    const pss = (modulusLength: number, hashAlgorithm: string) =>
      generateKeyPairSync('rsa-pss', { modulusLength, hashAlgorithm, mgf1HashAlgorithm: hashAlgorithm }).privateKey;
    const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
    const secp = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey;
    const ed448 = generateKeyPairSync('ed448').privateKey;
    const locked = rsa.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'hunter2' });
    const outside = (algorithm: string): JwtAlgorithm => algorithm as JwtAlgorithm;

    for (const [name, keys, fault] of [
      ['no keys', [], 'is empty'],
      ['an unknown algorithm', [{ algorithm: outside('none'), key: secret }], 'is none of HS256'],
      ['a name from the prototype', [{ algorithm: outside('toString'), key: secret }], 'is none of HS256'],
      ['a short secret', [{ algorithm: 'HS256', key: 'short' }], 'has 5 bytes, at least 32'],
      ['a secret of 31 bytes', [{ algorithm: 'HS256', key: randomBytes(31) }], 'has 31 bytes, at least 32'],
      ['a public key as secret', [{ algorithm: 'HS256', key: rsa.publicKey }], 'is of type rsa, and HS256 takes secret'],
      ['a PEM as secret', [{ algorithm: 'HS256', key: ecPem }], 'cannot be read: give a secret'],
      ['RSA of 1024 bits', [{ algorithm: 'RS256', key: weak }], 'has 1024 bits, at least 2048'],
      ['RSA of 1024 bits for PS256', [{ algorithm: 'PS256', key: weak }], 'has 1024 bits, at least 2048'],
      ['RSA-PSS of 1024 bits', [{ algorithm: 'PS256', key: pss(1024, 'sha256') }], 'has 1024 bits, at least 2048'],
      ['RSA-PSS that is bound to another hash', [{ algorithm: 'PS256', key: pss(2048, 'sha512') }], 'is bound to sha512'],
      ['RSA-PSS for RS256', [{ algorithm: 'RS256', key: pss(2048, 'sha256') }], 'is of type rsa-pss, and RS256 takes rsa'],
      ['the wrong curve', [{ algorithm: 'ES256', key: p384 }], 'is on the curve secp384r1'],
      ['the curve of Bitcoin', [{ algorithm: 'ES256', key: secp }], 'is on the curve secp256k1'],
      ['Ed448', [{ algorithm: 'EdDSA', key: ed448 }], 'is of type ed448, and EdDSA takes ed25519'],
      ['RSA for ES256', [{ algorithm: 'ES256', key: rsa.privateKey }], 'is of type rsa, and ES256 takes ec'],
      ['a secret for RS256', [{ algorithm: 'RS256', key: secret }], 'cannot be read: give a private key'],
      ['a key with a passphrase', [{ algorithm: 'RS256', key: locked }], 'without a passphrase'],
      ['a JWK that is none', [{ algorithm: 'RS256', key: '{' }], 'cannot be read'],
      ['an empty kid', [{ algorithm: 'HS256', kid: '', key: secret }], 'kid` is no text'],
      [
        'two of one kid',
        [
          { algorithm: 'HS256', kid: 'a', key: secret },
          { algorithm: 'HS256', kid: 'a', key: randomBytes(32) },
        ],
        'has the `kid` of another',
      ],
      [
        'one key twice',
        [
          { algorithm: 'HS256', key: secret },
          { algorithm: 'HS256', key: secret },
        ],
        'has the `kid` of another',
      ],
      ['a public key that is to sign', [{ algorithm: 'RS256', key: rsa.publicKey }], 'the first key signs'],
    ] as [string, JwtKeyOptions[], string][]) {
      it(`tells of ${name}, and the ring then does nothing`, () => {
        expect(checkKeys(keys)).to.have.length(1);
        expect(checkKeys(keys)[0]).to.contain(fault);
        const ring = KeyRing.of(keys);
        expect(ring.faults).to.deep.equal(checkKeys(keys));
        expect(() => ring.sign(claims)).to.throw(UsersSetupError, fault);
        expect(ring.verify(KeyRing.ofSecrets([secret]).sign(claims), expected)).to.equal(null);
      });
    }
  });
});
