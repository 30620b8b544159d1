import type { JsonWebKey } from 'node:crypto';
import { UsersSetupError } from '../runtime/setup-error.js';
import { headerOf, headerPart, readHeader, signJws, verifyJws } from './jws.js';
import { checkClaims, type ExpectedClaims, type JwtClaims } from './jwt-claims.js';
import { type JwtKey, type JwtKeyOptions, readJwtKey } from './jwt-key.js';
import type { VerifiedTokens } from './verified-tokens.js';

/** The keys of one purpose: the first signs, all verify, so that keys rotate without signing anyone out. */
export class KeyRing {
  private readonly byKid: ReadonlyMap<string, JwtKey>;
  /** By the header that a key's own tokens have, so that it need not be read on every request. */
  private readonly byHeader: ReadonlyMap<string, readonly JwtKey[]>;

  private constructor(
    private readonly keys: readonly JwtKey[],
    /** What is wrong with the keys, as sentences for the start. A ring with faults signs and verifies nothing. */
    readonly faults: readonly string[],
  ) {
    this.byKid = new Map(keys.map((key) => [key.kid, key]));
    this.byHeader = new Map(keys.map((key) => [headerOf(key), [key]]));
  }

  /** @param keys - the first signs; see {@link checkKeys} for what is a fault */
  static of(keys: readonly JwtKeyOptions[]): KeyRing {
    const read = readKeys(keys);
    return new KeyRing(read.faults.length === 0 ? read.keys : [], read.faults);
  }

  /** A ring for HS256 whose `kid`s are made of the keys. */
  static ofSecrets(keys: readonly Buffer[]): KeyRing {
    return KeyRing.of(keys.map((key) => ({ algorithm: 'HS256', key })));
  }

  /**
   * Signs claims with the newest key, synchronously, since what goes by Node's thread pool would wait behind password hashes.
   * @param claims - `iat` and `exp` included, in seconds
   * @throws {@link UsersSetupError} when the ring has faults
   */
  sign(claims: object): string {
    const [key] = this.keys;
    if (key?.signingKey === undefined) throw new UsersSetupError(this.faults);
    return signJws(claims, { ...key, signingKey: key.signingKey });
  }

  /**
   * Gives the claims of a token that one of the keys signed, by that key's algorithm, and that says what is expected.
   * @param token - from outside, whatever it is
   * @param verified - this ring's tokens that were good before, for those that come with every request
   * @returns null for every other, without a reason: nothing that a stranger sends throws
   */
  verify(token: unknown, expected: ExpectedClaims, verified?: VerifiedTokens): JwtClaims | null {
    if (typeof token !== 'string') return null;
    const known = verified?.get(token);
    if (known !== undefined) return checkClaims(known, expected);
    const part = headerPart(token);
    if (part === null) return null;
    for (const key of this.byHeader.get(part) ?? this.candidates(part)) {
      const payload = verifyJws(token, key);
      const claims = checkClaims(payload, expected);
      if (claims === null) continue;
      if (typeof payload === 'object' && payload !== null) verified?.add(token, payload);
      return claims;
    }
    return null;
  }

  /** The keys by which a token may be signed: the one that it names, as ours do, or all of its algorithm. The algorithm is the key's. */
  private candidates(part: string): readonly JwtKey[] {
    const header = readHeader(part);
    if (header === null) return [];
    const named = header.kid === undefined ? this.keys : [this.byKid.get(header.kid)];
    return named.filter((key): key is JwtKey => key?.algorithm === header.alg);
  }

  /**
   * The public keys, for services that verify by themselves. Secrets are not among them.
   * @see {@link https://www.rfc-editor.org/rfc/rfc7517#section-5 | RFC 7517, 5}
   */
  jwks(): { keys: JsonWebKey[] } {
    return {
      keys: this.keys
        .filter(({ verifyingKey }) => verifyingKey.type === 'public')
        .map(({ verifyingKey, kid, algorithm }) => ({
          ...verifyingKey.export({ format: 'jwk' }),
          kid,
          alg: algorithm,
          use: 'sig',
        })),
    };
  }
}

/**
 * Tells at start what is wrong with a list of keys, each fault by a sentence: an unknown algorithm, a key that cannot be read, is too weak, or does
 * not fit its algorithm (RSA of 2048 bits, P-256, Ed25519, 32 bytes), two of one `kid`, a first key that cannot sign.
 */
export function checkKeys(keys: readonly JwtKeyOptions[]): string[] {
  return readKeys(keys).faults;
}

function readKeys(options: readonly JwtKeyOptions[]): { keys: JwtKey[]; faults: string[] } {
  const keys: JwtKey[] = [];
  const faults: string[] = [];
  for (const [index, option] of options.entries()) {
    const key = readJwtKey(option, `keys[${index}]`);
    if (typeof key === 'string') faults.push(key);
    else if (keys.some(({ kid }) => kid === key.kid))
      faults.push(`\`keys[${index}]\` has the \`kid\` of another key: give each its own.`);
    else keys.push(key);
  }
  if (options.length === 0) faults.push('`keys` is empty: the first key signs, the others verify.');
  if (faults.length === 0 && keys[0]?.signingKey === undefined) {
    faults.push('`keys[0].key` is a public key, and the first key signs: put a private one first.');
  }
  return { keys, faults };
}
