import { sign as signBytes, verify as verifyBytes } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';
import type { JwtKey } from './jwt-key.js';

/** Longer tokens are refused unread. Ours have a few hundred bytes. */
const longestToken = 4096;

/** The header of a token, as far as it counts here. It picks among the app's keys; it never brings one (`jwk`, `jku`, `x5u`, `x5c`). */
export interface JwsHeader {
  alg: string;
  kid: string | undefined;
}

/**
 * Reads the header of a token of the compact form.
 * @returns null for whatever is no such token, is over 4 kB, has a `crit` (we understand no extension), a `typ` other than JWT or a bad `kid`
 * @see {@link https://www.rfc-editor.org/rfc/rfc7515#section-5.2 | RFC 7515, 5.2}
 */
export function readHeader(token: unknown): JwsHeader | null {
  if (typeof token !== 'string' || token.length > longestToken) return null;
  const parts = token.split('.');
  if (parts.length !== 3 || !parts.every(isBase64url)) return null;
  const header = parseObject(parts[0]);
  if (header === null || Object.hasOwn(header, 'crit')) return null;
  const { alg, kid, typ } = header;
  if (typeof alg !== 'string' || (typ !== undefined && typ !== 'JWT')) return null;
  if (kid !== undefined && (typeof kid !== 'string' || kid === '')) return null;
  return { alg, kid };
}

/** The one form of some bytes, so that no token has a second spelling: no padding, no spaces, no loose bits at the end. */
function isBase64url(part: string): boolean {
  return part !== '' && Buffer.from(part, 'base64url').toString('base64url') === part;
}

function parseObject(part: string | undefined): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    // Whatever a stranger sends is no token; there is nothing to tell him or the log.
    return null;
  }
}

/** Signs by the key's own algorithm. jsonwebtoken knows all of them but EdDSA, which Node signs with. */
export function signJws(claims: object, key: JwtKey & { signingKey: object }): string {
  const { algorithm, kid, signingKey } = key;
  if (algorithm !== 'EdDSA') return jsonwebtoken.sign(claims, signingKey, { algorithm, keyid: kid });
  const content = [{ alg: algorithm, typ: 'JWT', kid }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${content}.${signBytes(null, Buffer.from(content), signingKey).toString('base64url')}`;
}

/**
 * Gives the payload of a token that {@link readHeader} has read, if the key signed it by the key's algorithm. Its claims are not checked yet.
 * @returns null where the signature is not the key's
 */
export function verifyJws(token: string, key: JwtKey): unknown {
  if (key.algorithm === 'EdDSA') {
    const end = token.lastIndexOf('.');
    const signature = Buffer.from(token.slice(end + 1), 'base64url');
    const isSigned = verifyBytes(null, Buffer.from(token.slice(0, end)), key.verifyingKey, signature);
    return isSigned ? parseObject(token.split('.')[1]) : null;
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
