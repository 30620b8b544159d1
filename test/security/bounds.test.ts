import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import express from 'express';
import { HttpServer } from '../../example/http-server.js';
import { BcryptHasher } from '../../src/index.js';
import { RateLimits } from '../../src/limits/index.js';
import { HashQueue } from '../../src/passwords/hash-queue.js';
import { describeError } from '../../src/runtime/describe-error.js';
import { KeyRing } from '../../src/tokens/key-ring.js';
import { readPage, root, tableRows } from '../docs/pages.js';
import { sendJson } from '../features/oauth/support/odd-provider.js';
import { drivers } from '../support/databases.js';
import type { Answer } from '../support/http-client.js';
import { isFullSize } from '../support/test-size.js';
import { emailOf, PASSWORD } from '../support/users-app.js';
import { AppWithEverything } from './app-with-everything.js';

/** What is tried at a bound and past it. `most` is the number that the page tells. */
type Trial = (most: number) => Promise<void>;

const page = readPage(join(root, 'docs/reference/bounds.md'));
const rows = tableRows(page).map(([what = '', most = '']) => ({ what, most: Number.parseInt(most, 10) }));

describe('docs/reference/bounds.md', () => {
  const [driver] = drivers;
  if (driver === undefined) return;
  let stage: AppWithEverything;
  let superuser: string;

  before(async () => {
    stage = await AppWithEverything.start(driver);
    superuser = await stage.app.tokenOf(await stage.app.add('sue', { isSuperuser: true }));
  });
  after(() => stage.close());

  const codeOf = ({ status, code }: Answer) => (code === undefined ? String(status) : `${status} ${code}`);
  const post = async (path: string, body: unknown) => codeOf(await stage.app.http.post(path, body));
  const get = async (path: string) => codeOf(await stage.app.http.get(path, { token: superuser }));
  /** A request as it is written, of which the example's server gets no more. */
  const send = (port: number, text: string): Promise<string> =>
    new Promise((resolve) => {
      let answer = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(text));
      socket.setEncoding('latin1').on('data', (part: string) => {
        answer += part;
      });
      socket.on('error', () => undefined).on('close', () => resolve(answer));
    });
  /** The example's server with its port, and what Node knows of its times. */
  const serve = async () => {
    const app = express().use((request, response) => void request.resume().on('end', () => response.end('well')));
    const server = new HttpServer(app);
    const inner = Reflect.get(server, 'server');
    await server.listen(0, '127.0.0.1');
    return { inner, port: inner.address().port, stop: () => server.stop() };
  };
  /** In full size the connection is held, else only asked for its bound: Node looks at it every few seconds. */
  const time = (setting: string, text: string, end: RegExp): Trial => {
    return async (most) => {
      const { inner, port, stop } = await serve();
      expect(inner[setting]).to.equal(most * 1000);
      if (isFullSize) {
        const start = performance.now();
        expect(await send(port, text)).to.match(end);
        expect(performance.now() - start).to.be.within(most * 1000 - 100, (most + 8) * 1000);
      }
      await stop();
    };
  };
  const posted = (field: string): Trial => {
    return async (most) => {
      const path = '/oauth/oidc/callback';
      expect(await post(path, { [field]: 'a'.repeat(most) })).to.equal('303');
      expect(await post(path, { [field]: 'a'.repeat(most + 1) })).to.equal('422 VALIDATION_ERROR');
    };
  };
  /** Comes back from the provider. */
  const callback = async (): Promise<string> => {
    const { flow, state } = await stage.newPossessions();
    return codeOf(await stage.app.http.get(`/oauth/oidc/callback?code=a&state=${state}`, { cookie: flow }));
  };
  const longEmail = (length: number) =>
    `${'a'.repeat(60)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(length - 244)}`;

  const trials: Readonly<Record<string, Trial>> = {
    'the headers of a request': async (most) => {
      const { port, stop } = await serve();
      const ask = (size: number) =>
        send(port, `GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\na: ${'a'.repeat(size)}\r\n\r\n`);
      expect(await ask(most - 100)).to.match(/^HTTP\/1.1 200 /);
      expect(await ask(most)).to.match(/^HTTP\/1.1 431 /);
      await stop();
    },
    'the time until the headers are there': time('headersTimeout', 'GET / HTTP/1.1\r\nhost: x\r\n', /^HTTP\/1.1 408 /),
    'the time until the whole request is there': time(
      'requestTimeout',
      'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{',
      /^HTTP\/1.1 408 /,
    ),
    'the time of a connection without a request': time(
      'keepAliveTimeout',
      'GET / HTTP/1.1\r\nhost: x\r\n\r\n',
      /^HTTP\/1.1 200 /,
    ),

    'a body': async (most) => {
      const bodyOf = (size: number) => ({ refresh_token: 'a'.repeat(size - '{"refresh_token":""}'.length) });
      expect(await post('/users/refresh', bodyOf(most))).to.equal('401 REFRESH_BAD_TOKEN');
      expect(await post('/users/refresh', bodyOf(most + 1))).to.equal('413 PAYLOAD_TOO_LARGE');
    },
    'objects and arrays within each other': async (most) => {
      const bodyOf = (levels: number) => JSON.parse(`{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`);
      expect(await post('/users/refresh', bodyOf(most))).to.equal('422 VALIDATION_ERROR');
      expect(await post('/users/refresh', bodyOf(most + 1))).to.equal('400 MALFORMED_BODY');
    },
    'content encodings': async (most) => {
      expect(most).to.equal(0);
      for (const encoding of ['gzip', 'deflate', 'br', 'zstd', 'gzip, gzip']) {
        const answer = await stage.app.http.post('/users/refresh', {}, { headers: { 'content-encoding': encoding } });
        expect(codeOf(answer), encoding).to.equal('415 UNSUPPORTED_MEDIA_TYPE');
      }
    },

    '`email`': async (most) => {
      expect(await post('/users/forgot-password', { email: longEmail(most) })).to.equal('202');
      expect(await post('/users/forgot-password', { email: longEmail(most + 1) })).to.equal('422 VALIDATION_ERROR');
    },
    'a new `password`': async (most) => {
      const register = (name: string, length: number) =>
        post('/users/register', { email: emailOf(name), password: `${'🔑'.repeat(length - 4)}long` });
      expect(await register('at-the-bound', most)).to.equal('201');
      expect(await register('past-the-bound', most + 1)).to.equal('400 REGISTER_INVALID_PASSWORD');
    },
    'a `password` that is tried': async (most) => {
      await stage.app.add('tried');
      for (const size of [most, most + 1, 20 * most]) {
        const body = { email: emailOf('tried'), password: PASSWORD.padEnd(size) };
        expect(await post('/users/login', body), String(size)).to.equal('400 LOGIN_BAD_CREDENTIALS');
      }
    },
    'an id in a path': async (most) => {
      for (const length of [most, most + 1]) expect(await get(`/users/${'1'.repeat(length)}`)).to.equal('404 NOT_FOUND');
    },
    '`limit`': async (most) => {
      expect(await get(`/users?limit=${most}`)).to.equal('200');
      expect(await get(`/users?limit=${most + 1}`)).to.equal('422 VALIDATION_ERROR');
    },
    '`search`': async (most) => {
      expect(await get(`/users?search=${'a'.repeat(most)}`)).to.equal('200');
      expect(await get(`/users?search=${'a'.repeat(most + 1)}`)).to.equal('422 VALIDATION_ERROR');
    },
    '`cursor`': async (most) => {
      const messagesAt = async (length: number) =>
        JSON.stringify((await stage.app.http.get(`/users?cursor=${'a'.repeat(length)}`, { token: superuser })).body);
      expect(await messagesAt(most)).not.to.contain(String(most));
      expect(await messagesAt(most + 1)).to.contain(String(most));
    },
    'a JWT: access, verification, reset': async (most) => {
      const keys = KeyRing.ofSecrets([randomBytes(32)]);
      const now = new Date();
      const seconds = Math.floor(now.getTime() / 1000);
      const claims = { sub: 'ada', aud: 'a', iat: seconds, exp: seconds + 60 };
      // A padding of so many letters makes tokens of one length after the other, around the bound.
      const paddings = Array.from({ length: 200 }, (_, index) => 'a'.repeat((most * 3) / 4 - 250 + index));
      const tokens = paddings.map((padding) => keys.sign({ ...claims, padding }));
      expect(tokens.some(({ length }) => length > most - 3 && length <= most)).to.equal(true);
      expect(tokens.some(({ length }) => length > most)).to.equal(true);
      const good = tokens.filter((token) => keys.verify(token, { audience: 'a', now }) !== null);
      expect(good).to.deep.equal(tokens.filter(({ length }) => length <= most));
    },
    '`returnTo` of OAuth': async (most) => {
      const start = (length: number) =>
        get(`/oauth/oidc/authorize?returnTo=/${'a'.repeat(length - 'https://app.example/'.length)}`);
      expect(await start(most)).to.equal('200');
      expect(await start(most + 1)).to.equal('400 OAUTH_BAD_RETURN_TO');
    },
    '`scopes` of OAuth': async (most) => {
      const start = (count: number) =>
        get(`/oauth/oidc/authorize?scopes=${Array.from({ length: count }, (_, index) => `s${index}`).join('+')}`);
      expect(await start(most)).to.equal('200');
      expect(await start(most + 1)).to.equal('422 VALIDATION_ERROR');
    },
    'one of these scopes': async (most) => {
      expect(await get(`/oauth/oidc/authorize?scopes=${'a'.repeat(most)}`)).to.equal('200');
      expect(await get(`/oauth/oidc/authorize?scopes=${'a'.repeat(most + 1)}`)).to.equal('422 VALIDATION_ERROR');
    },
    '`state` that a provider posts': posted('state'),
    '`code` that a provider posts': posted('code'),
    '`iss` that a provider posts': posted('iss'),
    '`error` that a provider posts': posted('error'),
    '`user` that a provider posts': posted('user'),

    'an answer': async (most) => {
      const { provider } = stage;
      const answerOf = (size: number) =>
        JSON.stringify({ keys: provider.publishedKeys, padding: '' }).replace('""', `"${'a'.repeat(size)}"`);
      const padding = most - answerOf(0).length;
      provider.answers.set('/jwks', (_request, response) => sendJson(response, 200, JSON.parse(answerOf(padding + 1))));
      expect(await callback()).to.equal('502 OAUTH_PROVIDER_ERROR');
      provider.answers.set('/jwks', (_request, response) => sendJson(response, 200, JSON.parse(answerOf(padding))));
      expect(await callback()).to.equal('200');
      provider.answers.clear();
    },
    'an access or refresh token': async (most) => {
      for (const name of ['access_token', 'refresh_token']) {
        stage.provider.tokens = { [name]: 'a'.repeat(most) };
        expect(await callback(), name).to.equal('200');
        stage.provider.tokens = { [name]: 'a'.repeat(most + 1) };
        expect(await callback(), name).to.equal('400 OAUTH_BAD_ANSWER');
      }
      stage.provider.tokens = {};
    },
    'the name that it has for a person': async (most) => {
      const asPerson = async (length: number) => {
        const { flow, state } = await stage.newPossessions();
        stage.provider.claims = { ...stage.provider.claims, sub: randomBytes(length).toString('hex').slice(0, length) };
        return codeOf(await stage.app.http.get(`/oauth/oidc/callback?code=a&state=${state}`, { cookie: flow }));
      };
      expect(await asPerson(most)).to.equal('200');
      expect(await asPerson(most + 1)).to.equal('400 OAUTH_BAD_ANSWER');
    },

    'passwords that wait to be hashed, for each that is being hashed': async (most) => {
      const queue = new HashQueue({ concurrency: 1 });
      let end = (): void => undefined;
      const isEnded = new Promise<void>((resolve) => {
        end = resolve;
      });
      const jobs = Array.from({ length: most + 1 }, (_, index) => queue.run(`client ${index}`, () => isEnded));
      const refusal = await queue.run('another client', () => isEnded).catch((error: unknown) => error);
      expect(refusal).to.include({ status: 503 }).and.have.nested.property('headers.Retry-After');
      end();
      await Promise.all(jobs);
    },
    'those of one client among them': async (most) => {
      const queue = new HashQueue({ concurrency: 1 });
      let end = (): void => undefined;
      const isEnded = new Promise<void>((resolve) => {
        end = resolve;
      });
      const jobs = Array.from({ length: most + 1 }, () => queue.run('a client', () => isEnded));
      expect(await queue.run('a client', () => isEnded).catch((error: unknown) => error)).to.include({ status: 503 });
      jobs.push(queue.run('another client', () => isEnded));
      end();
      await Promise.all(jobs);
    },
    'the cost of a bcrypt hash that is read': async (most) => {
      const hash = (cost: number) => `$2b$${cost}$${'a'.repeat(53)}`;
      expect(new BcryptHasher().recognizes(hash(most))).to.equal(true);
      expect(new BcryptHasher().recognizes(hash(most + 1))).to.equal(false);
      expect(new BcryptHasher({ cost: most + 1 }).recognizes(hash(most + 1))).to.equal(true);
    },
    'keys that a process keeps in its memory of one limit, or of known addresses': async (most) => {
      const limits = new RateLimits({}, { logger: console });
      for (let index = 0; index < most; index += 1) await limits.remember(`pair ${index}`);
      expect(await limits.remembers('pair 0')).to.equal(true);
      await limits.remember('one more');
      expect([await limits.remembers('pair 0'), await limits.remembers('pair 1')]).to.deep.equal([false, true]);
      await limits.close();
    },
    'the `User-Agent` that a session keeps': async (most) => {
      const ada = await stage.app.add('ada');
      const headers = { 'user-agent': 'u'.repeat(most + 1) };
      const login = await stage.app.http.post('/users/login', { email: ada.email, password: PASSWORD }, { headers });
      const { body } = await stage.app.http.get('/users/me/sessions', { token: String(login.body.access_token) });
      expect(body.items).to.have.nested.property('[0].userAgent', 'u'.repeat(most));
    },
    'the message of an error in the log': async (most) => {
      expect(describeError(new Error('m'.repeat(most)))).to.include({ message: 'm'.repeat(most) });
      expect(describeError(new Error('m'.repeat(most + 1)))).to.include({ message: `${'m'.repeat(most)}…` });
    },
    'OAuth sign-ins that one browser has begun': async (most) => {
      const jar: Record<string, string> = {};
      for (let index = 0; index <= most; index += 1) {
        const cookie = Object.entries(jar)
          .map((pair) => pair.join('='))
          .join('; ');
        const { cookies } = await stage.app.http.get('/oauth/oidc/authorize', { cookie });
        for (const [name, value] of Object.entries(cookies)) {
          if (value === '') delete jar[name];
          else jar[name] = value;
        }
      }
      expect(Object.keys(jar)).to.have.length(most);
    },
  };

  it('tells of every bound that is tried here, and of no other', () => {
    expect(rows.map(({ what }) => what)).to.have.members(Object.keys(trials));
  });

  for (const { what, most } of rows) {
    it(`${what}: ${most}`, async function () {
      this.timeout(60_000);
      await trials[what]?.(most);
    });
  }
});
