import { emailOf, PASSWORD, type SeedSize } from '../seed/rows.js';
import { get, post } from './requests.js';
import type { Server } from './server.js';

const JSON_TYPE = { 'Content-Type': 'application/json' };

/** Requests that exchange refresh tokens of so many users, who are signed in for it. */
export function refreshRequests({ port }: Server, count: number): Promise<string[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => refreshRequest(port, index + 1)));
}

async function refreshRequest(port: number, user: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/users/login`, {
    method: 'POST',
    headers: JSON_TYPE,
    body: JSON.stringify({ email: emailOf(user), password: PASSWORD }),
  });
  const refresh_token = /"refresh_token":"([^"]+)"/.exec(await answer.text())?.[1];
  if (refresh_token === undefined) throw new Error(`The login of user ${user} gives no refresh token: ${answer.status}.`);
  return post('/users/refresh', { refresh_token });
}

/** GET of the session of so many users of better-auth, who are registered for it. */
export function betterAuthRequests({ port }: Server, count: number): Promise<string[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => betterAuthRequest(port, index + 1)));
}

async function betterAuthRequest(port: number, user: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { ...JSON_TYPE, Origin: 'http://127.0.0.1' },
    body: JSON.stringify({ name: 'Ada', email: emailOf(user), password: PASSWORD }),
  });
  const cookie = answer.headers.getSetCookie().map((line) => line.slice(0, line.indexOf(';')));
  if (!answer.ok) throw new Error(`better-auth registers nobody: ${answer.status} ${await answer.text()}`);
  return get('/api/auth/get-session', { Cookie: cookie.join('; ') });
}

/** Logins of many users, one after the other, without end. */
export function* logins({ users }: SeedSize): Generator<string> {
  for (let user = 0; ; user += 1) yield post('/users/login', { email: emailOf((user % users) + 1), password: PASSWORD });
}

/** Registrations of new people without end. */
export function* registrations(): Generator<string> {
  for (let number = 1; ; number += 1) {
    yield post('/users/register', { email: `new-${process.pid}-${number}@example.com`, password: 'a password that is new' });
  }
}

export function take(count: number, requests: Generator<string>): string[] {
  return Array.from({ length: count }, () => String(requests.next().value));
}
