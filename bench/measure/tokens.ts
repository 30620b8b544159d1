import jsonwebtoken from 'jsonwebtoken';
import { cookieTokenOf, hasCookie, isExpired, type SeedSize, sessionId, userId, userOf } from '../seed/rows.js';
import { get } from './requests.js';

/** Signs the tokens of the bench's servers; it guards nothing. */
export const SECRET = 'the secret of the bench, which guards nothing at all';
const LIFETIME_SECONDS = 3600;

/** An access token as the library makes it. */
function bearerTokenOf(session: number, size: SeedSize): string {
  const claims = { sub: userId(userOf(session, size)), sid: sessionId(session), aud: 'users:access' };
  return jsonwebtoken.sign(claims, SECRET, { algorithm: 'HS256', keyid: 'bench', expiresIn: LIFETIME_SECONDS });
}

export function bearer(token: string): Record<string, string> {
  return { Authorization: `Bearer ${token}` };
}

/** So many live sessions of one kind, spread over all. */
function pickSessions(count: number, size: SeedSize, kind: 'bearer' | 'cookie'): number[] {
  const picked: number[] = [];
  const stride = Math.max(1, Math.floor(size.sessions / (count * 3)));
  for (let session = 1; picked.length < count && session <= size.sessions; session += stride) {
    const candidate = hasCookie(session) === (kind === 'cookie') ? session : session + 1;
    if (!isExpired(candidate) && candidate <= size.sessions) picked.push(candidate);
  }
  return picked;
}

/** GET me of many users, by JWT. */
export function bearerRequests(count: number, size: SeedSize, path = '/users/me'): string[] {
  return pickSessions(count, size, 'bearer').map((session) => get(path, bearer(bearerTokenOf(session, size))));
}

/** GET me of many users, by cookie. */
export function cookieRequests(count: number, size: SeedSize): string[] {
  return pickSessions(count, size, 'cookie').map((session) =>
    get('/users/me', { Cookie: `__Host-session=${cookieTokenOf(session)}` }),
  );
}

/** GET of many users by their key, for the floor. */
export function keyRequests(count: number, size: SeedSize): string[] {
  return pickSessions(count, size, 'bearer').map((session) => get(`/users/${userId(userOf(session, size))}`));
}
