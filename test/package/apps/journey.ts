import assert from 'node:assert/strict';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What `createExpressServer` and `express()` both answer. */
interface Listener {
  listen(port: number, host: string, ready: () => void): Server;
}

export interface Served {
  url: string;
  close(): Promise<void>;
}

export interface Answer {
  status: number;
  type: string;
  body: Record<string, unknown>;
}

const ada = { email: 'ada@example.com', password: 'analytical engine' };

/** Runs an app of these tests: it ends with a code that tells how it went. */
export function run(main: () => Promise<void>): void {
  main().then(
    () => console.log('done'),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
}

export function serve(app: Listener): Promise<Served> {
  return new Promise((resolve) => {
    const server = app.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      const close = () => new Promise<void>((closed) => server.close(() => closed()));
      resolve({ url: `http://127.0.0.1:${port}`, close });
    });
  });
}

/** Ada registers, signs in, is shown, changes her name, and signs out for good. */
export async function journey(url: string): Promise<void> {
  const registered = await ask('POST', `${url}/register`, { ...ada, hashedPassword: 'x', isSuperuser: true });
  assert.equal(registered.status, 201, JSON.stringify(registered));
  assert.equal(registered.body.email, ada.email);
  assert.equal(registered.body.isSuperuser, false);
  assert.ok(!('hashedPassword' in registered.body) && !('password' in registered.body));
  await refuses('POST', `${url}/register`, 400, 'REGISTER_USER_ALREADY_EXISTS', ada);
  await refuses('POST', `${url}/register`, 422, 'VALIDATION_ERROR', { password: ada.password });
  await refuses('POST', `${url}/login`, 400, 'LOGIN_BAD_CREDENTIALS', { username: ada.email, password: 'wrong' });
  const token = await signIn(url);
  const me = await ask('GET', `${url}/me`, undefined, token);
  assert.deepEqual([me.status, me.body], [200, registered.body]);
  await refuses('PATCH', `${url}/me`, 422, 'VALIDATION_ERROR', [], token);
  assert.equal((await ask('PATCH', `${url}/me`, {}, token)).status, 200);
  await refuses('GET', `${url}/`, 403, 'FORBIDDEN', undefined, token);
  await refuses('GET', `${url}/${String(registered.body.id)}`, 403, 'FORBIDDEN', undefined, token);
  await refusesAnonymous(url);
  assert.equal((await ask('POST', `${url}/logout`, undefined, token)).status, 204);
  await refuses('GET', `${url}/me`, 401, 'UNAUTHORIZED', undefined, token);
}

export async function signIn(url: string): Promise<string> {
  const { status, body } = await ask('POST', `${url}/login`, { username: ada.email, password: ada.password });
  assert.deepEqual([status, body.token_type], [200, 'bearer']);
  return String(body.access_token);
}

/** Every guarded route, since a lost decorator is an open door. */
async function refusesAnonymous(url: string): Promise<void> {
  const guarded = [
    ...[
      'POST /logout',
      'GET /me',
      'PATCH /me',
      'DELETE /me',
      'POST /me/reauthenticate',
      'GET /me/sessions',
      'DELETE /me/sessions',
    ],
    ...['DELETE /me/sessions/1', 'GET /', 'POST /', 'GET /1', 'PATCH /1', 'DELETE /1', 'DELETE /1/sessions'],
  ];
  for (const route of guarded) {
    const [method = '', path = ''] = route.split(' ');
    await refuses(method, url + path, 401, 'UNAUTHORIZED');
  }
}

/** Asserts an answer in the library's error shape. */
export async function refuses(
  method: string,
  url: string,
  status: number,
  code: string,
  body?: unknown,
  token?: string,
): Promise<void> {
  const answer = await ask(method, url, body, token);
  assert.deepEqual([answer.status, answer.body.code], [status, code], `${method} ${url}: ${JSON.stringify(answer)}`);
  assert.match(answer.type, /^application\/problem\+json/);
}

export async function ask(method: string, url: string, body?: unknown, token?: string): Promise<Answer> {
  const headers: Record<string, string> = {};
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (token !== undefined) headers.Authorization = `Bearer ${token}`;
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const type = response.headers.get('content-type') ?? '';
  const text = await response.text();
  return { status: response.status, type, body: type.includes('json') && text !== '' ? JSON.parse(text) : {} };
}
