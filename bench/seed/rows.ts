import { hash } from 'node:crypto';

/** What a table is filled with: users who are numbered from 1, and sessions likewise. All follows from the number. */
export interface SeedSize {
  users: number;
  sessions: number;
}

export type Value = string | number | boolean | Date | null;

export const USER_COLUMNS = [
  'id',
  'email',
  'pendingEmail',
  'pendingEmailStamp',
  'hashedPassword',
  'hasPassword',
  'isActive',
  'isSuperuser',
  'isVerified',
  'securityStamp',
  'createdAt',
  'firstName',
] as const;

export const SESSION_COLUMNS = [
  'id',
  'userId',
  'backend',
  'amr',
  'securityStamp',
  'tokenDigest',
  'refreshDigest',
  'previousRefreshDigest',
  'refreshedAt',
  'authenticatedAt',
  'createdAt',
  'lastSeenAt',
  'expiresAt',
  'absoluteExpiresAt',
  'ip',
  'userAgent',
] as const;

/** The password of all seeded users. */
export const PASSWORD = 'a password that is right';
/** So that what is made of one number differs by what it is for. */
const SALTS = { user: 1, email: 2, session: 3, token: 4, refresh: 5 };
const DAY = 24 * 3600 * 1000;
const USERS_SINCE = Date.UTC(2025, 9, 1);
const SESSIONS_SINCE = Date.UTC(2026, 0, 1);
const STAMP = digest('stamp');
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';
/** Coprime to the numbers of users that are seeded, so that a user's sessions lie far apart. */
const STRIDE = 7_368_787;

/** UUID v7, as the library makes them: one user every 30 seconds. */
export function userId(user: number): string {
  return uuid(USERS_SINCE + user * 30_000, SALTS.user, user);
}

/** Begins with letters that have nothing to do with the order of ids. */
export function emailOf(user: number): string {
  return `${scrambled(SALTS.email, user).toString('hex', 0, 5)}.${user}@example.com`;
}

export function sessionId(session: number): string {
  return uuid(SESSIONS_SINCE + session * 2000, SALTS.session, session);
}

/** Every second one is named by an opaque token in a cookie, the others by JWTs. */
export function hasCookie(session: number): boolean {
  return session % 2 === 0;
}

/** One in a hundred waits for the sweep. */
export function isExpired(session: number): boolean {
  return session % 100 >= 98;
}

export function userOf(session: number, { users }: SeedSize): number {
  return ((session * STRIDE) % users) + 1;
}

/** The opaque token of a session, in the library's form: prefix, 256 bits, six characters that check them. */
export function cookieTokenOf(session: number): string {
  const body = `rcu_st_${scrambled(SALTS.token, session).toString('base64url')}`;
  return body + digest(body).slice(0, 6);
}

/** @param hashedPassword - one for all: making a million takes days. The first user is a superuser. */
export function userRow(user: number, hashedPassword: string): Value[] {
  const createdAt = new Date(USERS_SINCE + user * 30_000);
  return [userId(user), emailOf(user), null, null, hashedPassword, true, true, user === 1, true, STAMP, createdAt, 'Ada'];
}

/** @param now - milliseconds; the session was used within the days before */
export function sessionRow(session: number, size: SeedSize, now: number): Value[] {
  const used = now - ((session * 7919) % (10 * 24 * 60)) * 60_000;
  const end = isExpired(session) ? now - (session % 1000) * 1000 - 1 : used + 14 * DAY;
  const names = hasCookie(session)
    ? [digest(cookieTokenOf(session)), null]
    : [null, scrambled(SALTS.refresh, session).toString('base64url')];
  return [
    sessionId(session),
    userId(userOf(session, size)),
    hasCookie(session) ? 'cookie' : 'bearer',
    'pwd',
    STAMP,
    ...names,
    null,
    null,
    used,
    used,
    // Not written again while the bench lasts: that is once a minute, and would fall on one round alone.
    now + DAY,
    end,
    used + 30 * DAY,
    '203.0.113.7',
    AGENT,
  ];
}

function uuid(milliseconds: number, salt: number, number: number): string {
  const time = milliseconds.toString(16).padStart(12, '0');
  const rest = scrambled(salt, number).toString('hex', 0, 10);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(0, 3)}-8${rest.slice(3, 6)}-${rest.slice(6, 18)}`;
}

function digest(text: string): string {
  return hash('sha256', text, 'base64url');
}

/**
 * 32 bytes that look like chance, and are the same in every process. A hash would do as well, and make up most of the time of seeding.
 * @see {@link https://github.com/aappleby/smhasher/wiki/MurmurHash3 | MurmurHash3}, whose last step this is
 */
function scrambled(salt: number, number: number): Buffer {
  const bytes = Buffer.allocUnsafe(32);
  for (let offset = 0; offset < 32; offset += 4) {
    let word = Math.imul(number, 0x9e3779b1) + Math.imul(salt * 8 + offset, 0x85ebca77);
    word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
    bytes.writeInt32LE(word ^ (word >>> 16), offset);
  }
  return bytes;
}
