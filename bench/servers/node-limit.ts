// The limit without a framework: node:http, HS256 by node:crypto, a statement that is prepared once.
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import Database from 'better-sqlite3';
import { serve, settings } from './serve.js';

const { database, secret } = settings();
if (database.type !== 'better-sqlite3') throw new Error('The limit is measured on SQLite.');
const key = createSecretKey(Buffer.from(secret));
const find = new Database(database.database).prepare(
  'SELECT u."id", u."email", u."pendingEmail", u."isActive", u."isSuperuser", u."isVerified", u."hasPassword", u."createdAt", u."firstName" ' +
    'FROM "user_session" s JOIN "users" u ON u."id" = s."userId" AND u."securityStamp" = s."securityStamp" WHERE s."id" = ? AND s."expiresAt" > ?',
);

serve((request, response) => {
  const user = find.get(sessionIdOf(request.headers.authorization ?? ''), Date.now());
  const body = Buffer.from(JSON.stringify(user ?? { status: 401 }));
  response.writeHead(user === undefined ? 401 : 200, { 'Content-Type': 'application/json', 'Content-Length': body.length });
  response.end(body);
});

function sessionIdOf(header: string): string {
  const token = header.slice('Bearer '.length);
  const end = token.lastIndexOf('.');
  const signature = Buffer.from(token.slice(end + 1), 'base64url');
  const right = createHmac('sha256', key).update(token.slice(0, end)).digest();
  if (signature.length !== right.length || !timingSafeEqual(signature, right)) return '';
  const { sid, exp } = JSON.parse(Buffer.from(token.slice(token.indexOf('.') + 1, end), 'base64url').toString());
  return exp * 1000 > Date.now() ? sid : '';
}
