import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

export const now = new Date('2026-11-24T12:00:00Z');
export const seconds = Math.floor(now.getTime() / 1000);

/** Claims without fault for the audience `users:auth`. */
export const claims = { sub: 'ada', aud: 'users:auth', iat: seconds, exp: seconds + 60 };

export const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const ed = generateKeyPairSync('ed25519');

export function encode(part: object | string): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
}

/** Makes a token by hand, with any header and payload. */
export function forge(header: object | string, payload: object | string, signer: (content: string) => Buffer | string): string {
  const content = `${encode(header)}.${encode(payload)}`;
  const signature = signer(content);
  return `${content}.${typeof signature === 'string' ? signature : signature.toString('base64url')}`;
}

export function hmac(key: Buffer | string | KeyObject): (content: string) => Buffer {
  return (content) => createHmac('sha256', key).update(content).digest();
}

export function rs256(key: KeyObject): (content: string) => Buffer {
  return (content) => sign('sha256', Buffer.from(content), key);
}
