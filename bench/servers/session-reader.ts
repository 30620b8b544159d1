import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import Database from 'better-sqlite3';
import type { ServerSettings } from './serve.js';

const SELECT =
  'SELECT u."id", u."email", u."pendingEmail", u."isActive", u."isSuperuser", u."isVerified", u."hasPassword", u."createdAt", u."firstName" ' +
  'FROM "user_session" s JOIN "users" u ON u."id" = s."userId" AND u."securityStamp" = s."securityStamp" WHERE s."rowid" = (SELECT "rowid" FROM "user_session" WHERE "id" = ?) AND s."expiresAt" > ?';

/**
 * The least that has to be done to know who makes a request: HS256 by node:crypto, and one statement that is prepared once.
 * @returns a function that gives the user of an `Authorization` header; undefined where there is none
 */
export function createSessionReader({ database, secret }: ServerSettings): (header: string | undefined) => unknown {
  if (database.type !== 'better-sqlite3') throw new Error('The limits are measured on SQLite.');
  const key = createSecretKey(Buffer.from(secret));
  const find = new Database(database.database).prepare(SELECT);
  return (header = '') => {
    const token = header.slice('Bearer '.length);
    const end = token.lastIndexOf('.');
    const signature = Buffer.from(token.slice(end + 1), 'base64url');
    const right = createHmac('sha256', key).update(token.slice(0, end)).digest();
    if (signature.length !== right.length || !timingSafeEqual(signature, right)) return undefined;
    const { sid, exp } = JSON.parse(Buffer.from(token.slice(token.indexOf('.') + 1, end), 'base64url').toString());
    return exp * 1000 > Date.now() ? find.get(sid, Date.now()) : undefined;
  };
}
