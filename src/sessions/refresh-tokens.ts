import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Randomness } from '../runtime/randomness.js';
import { digestOf, refreshTokenPrefix } from '../tokens/index.js';

const ID_BYTES = 16;
const SECRET_BYTES = 32;
const MAC_BYTES = 16;

/** A refresh token that was made here: for which session, and by what it was made. */
export interface RefreshToken {
  token: string;
  tokenDigest: string;
  sessionId: string;
  secret: Buffer;
}

/**
 * Makes and reads refresh tokens: the session's id, 256 bits, and a MAC of both, so that a token of long ago is known for what it was
 * without a row for each. The successor of a token is an HMAC of it: several who ask for it at once get the same one, and it is stored nowhere.
 */
export class RefreshTokens {
  /** @param keys - newest first; the first makes tokens, all are taken */
  constructor(private readonly keys: readonly Buffer[]) {}

  /** The first token of a session. */
  create(sessionId: string, randomness: Randomness): RefreshToken {
    return this.make(this.newestKey, sessionId, randomness.bytes(SECRET_BYTES));
  }

  /** The token that follows. */
  successorOf(token: RefreshToken): RefreshToken {
    return this.make(this.newestKey, token.sessionId, successorSecret(this.newestKey, token));
  }

  /** The successor whose digest is the given one; another process may have made it by another key of the list. */
  findSuccessor(token: RefreshToken, tokenDigest: string): RefreshToken | null {
    for (const key of this.keys) {
      const successor = this.make(key, token.sessionId, successorSecret(key, token));
      if (successor.tokenDigest === tokenDigest) return successor;
    }
    return null;
  }

  /** Reads a token from outside; null where it was not made here. It may be of a session that is over, or used long ago. */
  read(token: unknown): RefreshToken | null {
    if (typeof token !== 'string' || !token.startsWith(refreshTokenPrefix)) return null;
    const encoded = token.slice(refreshTokenPrefix.length);
    const bytes = Buffer.from(encoded, 'base64url');
    const body = bytes.subarray(0, ID_BYTES + SECRET_BYTES);
    const mac = bytes.subarray(ID_BYTES + SECRET_BYTES);
    // A decoder takes other spellings of the same bytes: only ours counts, since its digest is what is stored.
    if (mac.length !== MAC_BYTES || bytes.toString('base64url') !== encoded) return null;
    if (!this.keys.some((key) => timingSafeEqual(macOf(key, body), mac))) return null;
    return {
      token,
      tokenDigest: digestOf(token),
      sessionId: asUuid(body.subarray(0, ID_BYTES)),
      secret: body.subarray(ID_BYTES),
    };
  }

  private make(key: Buffer, sessionId: string, secret: Buffer): RefreshToken {
    const body = Buffer.concat([Buffer.from(sessionId.replaceAll('-', ''), 'hex'), secret]);
    const token = refreshTokenPrefix + Buffer.concat([body, macOf(key, body)]).toString('base64url');
    return { token, tokenDigest: digestOf(token), sessionId, secret };
  }

  private get newestKey(): Buffer {
    const [key] = this.keys;
    if (key === undefined) throw new Error('there is no key for refresh tokens');
    return key;
  }
}

function successorSecret(key: Buffer, { sessionId, secret }: RefreshToken): Buffer {
  return createHmac('sha256', key).update('successor').update(sessionId).update(secret).digest();
}

function macOf(key: Buffer, body: Buffer): Buffer {
  return createHmac('sha256', key).update('token').update(body).digest().subarray(0, MAC_BYTES);
}

function asUuid(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
