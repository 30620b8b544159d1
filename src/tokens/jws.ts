import { createHmac, type KeyObject, sign as signBytes, timingSafeEqual, verify as verifyBytes } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';
import { isRecord } from '../runtime/records.js';
import type { JwtKey } from './jwt-key.js';

/** Longer tokens are refused unread. Ours have a few hundred bytes. */
const longestToken = 4096;

/**
 * Three parts of base64url. A decoder drops loose bits at the end of the signature: they must be zero, or a token would have a second
 * spelling. The other parts are signed as they are spelled.
 */
const compactForm = /^[\w-]+\.[\w-]+\.(?=[\w-])(?:[\w-]{4})*(?:[\w-][AQgw]|[\w-]{2}[AEIMQUYcgkosw048])?$/;

/** The header of a token, as far as it counts here. It picks among the app's keys; it never brings one (`jwk`, `jku`, `x5u`, `x5c`). */
export interface JwsHeader {
  alg: string;
  kid: string | undefined;
}

/**
 * Gives the header of a token of the compact form, unread.
 * @returns null for whatever is no such token, and for one over 4 kB
 * @see {@link https://www.rfc-editor.org/rfc/rfc7515#section-7.1 | RFC 7515, 7.1}
 */
export function headerPart(token: string): string | null {
  return token.length <= longestToken && compactForm.test(token) ? token.slice(0, token.indexOf('.')) : null;
}

/**
 * Reads the header of a token.
 * @returns null for one with a `crit` (we understand no extension), a `typ` other than JWT, or a bad `kid`
 * @see {@link https://www.rfc-editor.org/rfc/rfc7515#section-5.2 | RFC 7515, 5.2}
 */
export function readHeader(part: string): JwsHeader | null {
  const header = parseObject(part);
  if (header === null || Object.hasOwn(header, 'crit')) return null;
  const { alg, kid, typ } = header;
  if (typeof alg !== 'string' || (typ !== undefined && typ !== 'JWT')) return null;
  if (kid !== undefined && (typeof kid !== 'string' || kid === '')) return null;
  return { alg, kid };
}

/** The header of the tokens that a key signs, as it stands in them. */
export function headerOf({ algorithm, kid }: JwtKey): string {
  return encode({ alg: algorithm, typ: 'JWT', kid });
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function parseObject(part: string | undefined): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'));
    return isRecord(value) ? value : null;
  } catch {
    // Whatever a stranger sends is no token; there is nothing to tell him or the log.
    return null;
  }
}

/** Signs by the key's own algorithm. jsonwebtoken knows all of them but EdDSA, which Node signs with. */
export function signJws(claims: object, key: JwtKey & { signingKey: KeyObject }): string {
  const { algorithm, kid, signingKey } = key;
  if (algorithm !== 'EdDSA') return jsonwebtoken.sign(claims, signingKey, { algorithm, keyid: kid });
  const content = `${headerOf(key)}.${encode(claims)}`;
  return `${content}.${signBytes(null, Buffer.from(content), signingKey).toString('base64url')}`;
}

/** EdDSA is beyond jsonwebtoken; HS256, by which every request comes unless told otherwise, takes it twice the time. */
function isSignatureOf(content: string, signature: string, { algorithm, verifyingKey }: JwtKey): boolean {
  if (algorithm === 'EdDSA') return verifyBytes(null, Buffer.from(content), verifyingKey, Buffer.from(signature, 'base64url'));
  const right = createHmac('sha256', verifyingKey).update(content).digest('base64url');
  return signature.length === right.length && timingSafeEqual(Buffer.from(signature), Buffer.from(right));
}

/**
 * Gives the payload of a token that has a {@link headerPart}, if the key signed it by the key's algorithm. Its claims are not checked yet.
 * @returns null where the signature is not the key's
 */
export function verifyJws(token: string, key: JwtKey): unknown {
  if (key.algorithm === 'EdDSA' || key.algorithm === 'HS256') {
    const end = token.lastIndexOf('.');
    const isSigned = isSignatureOf(token.slice(0, end), token.slice(end + 1), key);
    return isSigned ? parseObject(token.slice(token.indexOf('.') + 1, end)) : null;
  }
  try {
    // Times are judged by the library's own clock, in checkClaims.
    return jsonwebtoken.verify(token, key.verifyingKey, {
      algorithms: [key.algorithm],
      ignoreExpiration: true,
      ignoreNotBefore: true,
    });
  } catch {
    // The key was checked at start, so what throws is the token: a bad signature, one of a wrong length, a payload that is no JSON.
    return null;
  }
}
