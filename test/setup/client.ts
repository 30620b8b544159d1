import type { Express } from 'express';
import { type RoutingControllersOptions, useExpressServer } from 'routing-controllers';
import type { Users } from '../../src/index.js';
import { type Served, serve } from '../http/express-apps.js';
import type { User } from './set-up.js';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** What JSON it holds; an empty object where it holds none. */
  body: Record<string, unknown>;
}

export interface Asked {
  body?: unknown;
  type?: string;
  token?: string;
}

/** Serves an app of the test's with the library's routes on it. */
export function mount(app: Express, users: Users<User>, options: RoutingControllersOptions): Promise<Served> {
  useExpressServer(app, users.routing(options));
  return serve(app);
}

/**
 * Asks as a client would.
 * @param route - such as `GET /users/me`
 * @param asked - `body` goes out as JSON, a string as it is
 */
export async function ask(url: string, route: string, { body, type = 'application/json', token }: Asked = {}): Promise<Answer> {
  const [method = '', path = ''] = route.split(' ');
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'Content-Type': type }),
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true && text !== '';
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : {} };
}

export const ada = { email: 'ada@example.com', password: 'analytical engine' };

/** Ada's token, once she has registered. */
export async function signIn(url: string, prefix = '/users'): Promise<string> {
  await ask(url, `POST ${prefix}/register`, { body: ada });
  const { body } = await ask(url, `POST ${prefix}/login`, { body: { username: ada.email, password: ada.password } });
  return String(body.access_token);
}

/** Status and code of an error in the library's shape. */
export function problemOf({ status, headers, body }: Answer): string {
  return `${status} ${String(body.code)} ${headers.get('content-type')}`;
}

/** What {@link problemOf} gives for an error of the library. */
export function problem(status: number, code: string): string {
  return `${status} ${code} application/problem+json`;
}
