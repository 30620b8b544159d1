import { hash } from 'node:crypto';
import type { Randomness } from '../runtime/randomness.js';

/** What a token begins with, so that scanners of code and logs find it and tell what it is. */
export const sessionTokenPrefix = 'rcu_st_';
/** Of its own, so that a Redis that is down is not asked for tokens that it does not keep. */
export const redisTokenPrefix = 'rcu_kt_';
export const refreshTokenPrefix = 'rcu_rt_';

export interface OpaqueToken {
  /** For the client alone. */
  token: string;
  /** For the table: who reads it there cannot sign in with it. */
  tokenDigest: string;
}

const secretBytes = 32;
const secretLength = 43;
const checksumLength = 6;

/** Makes a token of 256 random bits, which says nothing by itself. */
export function createOpaqueToken(prefix: string, randomness: Randomness): OpaqueToken {
  return opaqueTokenOf(prefix, randomness.bytes(secretBytes));
}

/**
 * Makes the token of 32 given bytes, such as an HMAC of the token before it.
 * The checksum at its end lets a scanner, or a look-up that is not worth a query, tell a real one from a typo.
 */
export function opaqueTokenOf(prefix: string, secret: Buffer): OpaqueToken {
  if (secret.length !== secretBytes) throw new RangeError(`An opaque token is made of ${secretBytes} bytes.`);
  const body = prefix + secret.toString('base64url');
  const token = body + checksumOf(body);
  return { token, tokenDigest: digestOf(token) };
}

/** SHA-256 as base64url, 43 characters. Salt and stretching are for what people choose; a token's 256 bits cannot be guessed. */
export function digestOf(token: string): string {
  return hash('sha256', token, 'base64url');
}

/** Whether a text from outside can be a token of this kind at all, told without a look-up. */
export function looksLikeOpaqueToken(prefix: string, token: unknown): token is string {
  if (typeof token !== 'string' || token.length !== prefix.length + secretLength + checksumLength) return false;
  if (!token.startsWith(prefix) || !/^[\w-]+$/.test(token.slice(prefix.length))) return false;
  return token.slice(-checksumLength) === checksumOf(token.slice(0, -checksumLength));
}

function checksumOf(body: string): string {
  return digestOf(body).slice(0, checksumLength);
}
