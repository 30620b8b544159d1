import fc from 'fast-check';
import type { MountedAction } from '../../src/openapi/mounted-actions.js';
import type { RandomRequest } from './possessions.js';
import { body } from './random-bodies.js';
import { encode, latin1, text, token } from './random-values.js';

const JSON_TYPE = { 'content-type': 'application/json' };

const type = fc.oneof(
  { weight: 8, arbitrary: fc.constant('application/json') },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'application/x-www-form-urlencoded',
      'application/merge-patch+json',
      'application/json; charset=utf-8',
      'application/json; charset=utf-16',
      'application/json;;=',
      'multipart/form-data; boundary=x',
      'text/plain',
      '',
      '/',
      '\u00ff',
    ),
  },
);

const authorization = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('Bearer <user>', 'Bearer <superuser>', 'Bearer <superuser>', 'bearer <opaque>') },
  { weight: 3, arbitrary: token.map((credentials) => `Bearer ${credentials}`) },
  {
    weight: 1,
    arbitrary: fc.oneof(
      latin1(60),
      fc.constantFrom(
        'Basic YWRhOnNlY3JldA==',
        'Bearer',
        'Bearer  <user>',
        'Bearer <user> <user>',
        'Bearer <user>, Bearer <user>',
        'Token <user>',
      ),
    ),
  },
);
const cookie = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('<cookie>', '<cookie>; <flow>', '<flow>') },
  {
    weight: 1,
    arbitrary: fc.oneof(
      latin1(80),
      token.map((credentials) => `__Host-users=${credentials}`),
      fc.constantFrom('=', ';;;', '__Host-users=%E0%A4%A', '__proto__=1; constructor=2', `${'a=b; '.repeat(500)}<cookie>`),
    ),
  },
);

const HEADERS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  authorization,
  cookie,
  'content-type': type,
  'content-encoding': fc.constantFrom('gzip', 'identity', 'br', 'x'),
  accept: fc.constantFrom('text/html', '*/*', 'application/json;q=0.1, text/html', ';', '\u00ff'),
  origin: fc.constantFrom('https://app.example', 'https://evil.example', 'null', 'http://', '\u00ff'),
  'sec-fetch-site': fc.constantFrom('same-origin', 'same-site', 'cross-site', 'none', 'x'),
  host: fc.constantFrom('evil.example', '[::1]:3000', 'a b', '%', '\u00ff', 'a'.repeat(300)),
  'x-forwarded-for': fc.oneof(
    latin1(60),
    fc.constantFrom('1.2.3.4, 5.6.7.8', '::ffff:1.2.3.4', '2001:db8::1%eth0', ',,,', 'a'.repeat(4000)),
  ),
  'x-forwarded-host': fc.constantFrom('evil.example', 'a, b', ''),
  'x-forwarded-proto': fc.constantFrom('https', 'x', ','),
  'user-agent': fc.oneof(latin1(400), fc.constantFrom('', 'ü'.repeat(4000))),
  'x-http-method-override': fc.constantFrom('DELETE', 'GET'),
  'if-none-match': fc.constantFrom('*', '"x"', 'W/'),
  'if-modified-since': fc.constantFrom('Thu, 01 Jan 1970 00:00:00 GMT', 'x'),
  range: fc.constantFrom('bytes=0-1', 'x'),
};
const header = fc.oneof(...Object.entries(HEADERS).map(([name, value]) => fc.tuple(fc.constant(name), value)));
/** Few at once, since the first that is refused hides what the others would do. */
const headers = fc.array(header, { maxLength: 3 }).map((pairs): Record<string, string> => Object.fromEntries(pairs));

const NAMES = [
  'limit',
  'cursor',
  'search',
  'isActive',
  'isVerified',
  'scopes',
  'returnTo',
  'backend',
  'state',
  'code',
  'error',
  'iss',
  'access_token',
  'a[b]',
  '__proto__[x]',
  'constructor',
  '',
];
const query = fc.oneof(
  { weight: 2, arbitrary: fc.constant('') },
  {
    weight: 3,
    arbitrary: fc
      .array(
        fc.tuple(fc.constantFrom(...NAMES), fc.oneof(text, fc.constantFrom('1', '100', 'true', 'cookie', 'jwt', 'openid email'))),
        { maxLength: 4 },
      )
      .map((pairs) => `?${pairs.map(([name, part]) => `${name}=${encode(part)}`).join('&')}`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '?state=<state>&code=a+code',
      '?state=<state>&error=access_denied',
      '?limit=1&limit=2',
      '?%E0%A4%A=%',
      '?&&==&',
      '??',
    ),
  },
);
const parameter = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('<id>', '<session>', 'oidc', 'oidc', '1') },
  {
    weight: 2,
    arbitrary: fc.oneof(
      text.map(encode),
      fc.constantFrom(
        '00000000-0000-7000-8000-000000000000',
        'me',
        '%E0%A4%A',
        '%00',
        '%2e%2e%2f',
        '..;',
        '1e3',
        '0x1',
        '-0',
        '%FF',
        '<id>%20',
      ),
    ),
  },
);

const bend = fc.oneof(
  { weight: 15, arbitrary: fc.constant((path: string) => path) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      (path: string) => `${path}/`,
      (path: string) => `${path}/more`,
      (path: string) => path.toUpperCase(),
      (path: string) => path.replaceAll('/', '//').slice(1),
      (path: string) => `${path}/..`,
      (path: string) => `${path}%2f`,
      (path: string) => `${path}.json`,
      (path: string) => `${path};jsessionid=1`,
    ),
  },
);
const otherMethod = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND');

/** Such as go through, so that what comes after the checks is reached as well. */
const whole = fc.constantFrom<RandomRequest>(
  { method: 'GET', path: '/oauth/oidc/callback?state=<state>&code=a+code', headers: { cookie: '<flow>' }, body: undefined },
  { method: 'POST', path: '/users/register', headers: JSON_TYPE, body: '{"email":"new-<email>","password":"<password>"}' },
  { method: 'POST', path: '/users/refresh', headers: JSON_TYPE, body: '{"refresh_token":"<refresh>"}' },
  { method: 'POST', path: '/users/reset-password', headers: JSON_TYPE, body: '{"token":"<reset>","password":"<password>"}' },
  { method: 'POST', path: '/auth/cookie/login', headers: JSON_TYPE, body: '{"email":"<email>","password":"<password>"}' },
  {
    method: 'PATCH',
    path: '/users/<id>',
    headers: { ...JSON_TYPE, authorization: 'Bearer <superuser>' },
    body: '{"isActive":false}',
  },
  { method: 'DELETE', path: '/users/<id>', headers: { authorization: 'Bearer <superuser>' }, body: undefined },
  { method: 'POST', path: '/oauth/oidc/associate', headers: { ...JSON_TYPE, authorization: 'Bearer <user>' }, body: '{}' },
);

/** Requests over all of these routes, mostly by their own method, often by somebody who may. */
export function randomRequests(routes: readonly MountedAction[]): fc.Arbitrary<RandomRequest> {
  const random = fc
    .record({
      route: fc.constantFrom(...routes),
      method: fc.oneof({ weight: 11, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: otherMethod }),
      parameter,
      bend,
      query,
      headers,
      body,
      signedIn: fc.constantFrom(true, true, false),
    })
    .map(({ route, bend, parameter, ...request }) => {
      const path = bend(route.path.replace(/:\w+/g, () => parameter));
      const usual = { ...JSON_TYPE, ...(request.signedIn ? { authorization: 'Bearer <superuser>' } : {}) };
      return {
        method: request.method ?? route.verb.toUpperCase(),
        path: `${path}${request.query}`,
        headers: { ...usual, ...request.headers },
        body: request.body,
      };
    });
  return fc.oneof({ weight: 14, arbitrary: random }, { weight: 1, arbitrary: whole });
}
