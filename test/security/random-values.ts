import fc from 'fast-check';
import { HAD, part, TAMPERINGS, TOKENS } from './possessions.js';

/** Stands where only a password, a token or a code is, and so must not come back. */
export const SECRET_WORD = 'unspeakable-secret-word';

const had = fc.constantFrom(...HAD.map((name) => `<${name}>`));
const tampered = fc
  .tuple(fc.constantFrom(...TOKENS), fc.constantFrom(...Object.keys(TAMPERINGS)))
  .map(([name, tampering]) => `<${name}~${tampering}>`);
const oddText = fc.constantFrom(
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\u202Eada@example.com',
  'é@example.com',
  'ada@example.com,eve@example.com',
  '%',
  '%_',
  "' OR 1=1 --",
  '{"$gt":""}',
  'null',
  'undefined',
  'NaN',
  '-1',
  '9'.repeat(40),
  'a'.repeat(1100),
  '👩‍👩‍👧'.repeat(100),
  'https://evil.example/',
  '//evil.example',
  '/\\evil.example',
  'javascript:alert(1)',
);
/** What may stand where a text is wanted. */
export const text = fc.oneof(had, oddText, fc.constant(SECRET_WORD), fc.string({ unit: 'binary', maxLength: 300 }));

const claims = fc.dictionary(
  fc.constantFrom('sub', 'aud', 'iss', 'exp', 'iat', 'nbf', 'sid', 'jti', 'email', '__proto__'),
  fc.oneof(
    fc.constantFrom<unknown>('<id>', '<session>', 'users:access', 'users:reset', 0, -1, 1e308, 4e9, null, true, [], {}),
    fc.string(),
  ),
);
const joseHeader = fc.dictionary(
  fc.constantFrom('alg', 'kid', 'typ', 'crit', 'jku', 'jwk', 'x5u', 'b64', 'zip'),
  fc.constantFrom<unknown>(
    'none',
    'None',
    'HS256',
    'RS256',
    'ES256',
    'EdDSA',
    'HS999',
    '',
    '__proto__',
    null,
    0,
    [],
    ['exp'],
    {},
  ),
);
/** Tokens made by hand. */
const forged = fc
  .record({ joseHeader, claims, signature: fc.oneof(fc.constantFrom('', 'A', '.'), fc.base64String({ maxLength: 90 })) })
  .map((jwt) => `${part(jwt.joseHeader)}.${part(jwt.claims)}.${jwt.signature.replace(/[+/=]/g, '_')}`);
/** What may stand where a token is wanted. */
export const token = fc.oneof(fc.constantFrom(...TOKENS.map((name) => `<${name}>`)), tampered, forged, latin1(300));

/** What a header may hold: Node sends no other. */
export function latin1(maxLength: number): fc.Arbitrary<string> {
  return fc.string({
    unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => (code === 0x7f ? ' ' : String.fromCharCode(code))),
    maxLength,
  });
}

/** Percent-encoded, with the names that stand for something left as they are. */
export function encode(plain: string): string {
  return plain
    .split(/(<\w+(?:~\w+)?>)/)
    .map((piece, index) => (index % 2 === 0 ? encodeURIComponent(piece.toWellFormed()) : piece))
    .join('');
}
