import { expect } from 'chai';
import {
  AuthenticationBackend,
  type AuthenticationStrategy,
  CookieTransport,
  type CookieTransportOptions,
  DatabaseStrategy,
  JwtStrategy,
} from '../../src/index.js';
import { databaseBackends } from '../support/backends.js';
import type { Member } from '../support/member.entity.js';
import { setupFaults } from '../support/setup-faults.js';
import { SignInApp } from '../support/sign-in-app.js';
import { carried } from '../support/sign-in-client.js';

const MEMORY = { type: 'better-sqlite3', database: ':memory:', enableWAL: true } as const;
const THIRTY_DAYS = 30 * 24 * 3600;

function backend(
  options: CookieTransportOptions,
  name = 'cookie',
  strategy: AuthenticationStrategy<Member> = new DatabaseStrategy(),
): AuthenticationBackend<Member> {
  return new AuthenticationBackend<Member>({ name, transport: new CookieTransport(options), strategy });
}

describe('CookieTransport', () => {
  let app: SignInApp;

  afterEach(() => app?.close());

  async function setCookie(options: CookieTransportOptions): Promise<string> {
    app = await SignInApp.start(MEMORY, { backends: [backend(options)] });
    await app.add('ada');
    const { headers } = await app.login('ada', 'cookie');
    return (headers['set-cookie']?.[0] ?? '').replace(/=rcu_st_[\w-]{49};/, '=TOKEN;');
  }

  it('sets __Host-session: HttpOnly, Secure, SameSite=Lax, Path=/, as long as the session may last (rodauth: a cookie without HttpOnly)', async () => {
    expect(attributes(await setCookie({}))).to.have.members([
      '__Host-session=TOKEN',
      `Max-Age=${THIRTY_DAYS}`,
      'Path=/',
      'HttpOnly',
      'Secure',
      'SameSite=Lax',
    ]);
  });

  it('sets what it is told', async () => {
    const options = { name: 'sid', domain: 'app.example', path: '/api', sameSite: 'none', partitioned: true } as const;
    expect(attributes(await setCookie(options))).to.have.members([
      'sid=TOKEN',
      `Max-Age=${THIRTY_DAYS}`,
      'Domain=app.example',
      'Path=/api',
      'HttpOnly',
      'Secure',
      'Partitioned',
      'SameSite=None',
    ]);
  });

  it('clears the cookie with the attributes that it was set with', async () => {
    await setCookie({ domain: 'app.example', path: '/api' });
    const { headers } = await app.http.post('/auth/cookie/logout', undefined, carried(await app.signIn('ada')));
    expect(attributes(headers['set-cookie']?.[0] ?? '')).to.have.members([
      '__Secure-session=',
      'Max-Age=0',
      'Domain=app.example',
      'Path=/api',
      'HttpOnly',
      'Secure',
      'SameSite=Lax',
    ]);
  });

  for (const [options, name] of [
    [{}, '__Host-session'],
    [{ path: '/api' }, '__Secure-session'],
    [{ domain: 'app.example' }, '__Secure-session'],
    [{ secure: false }, 'session'],
  ] as const) {
    it(`is named ${name} with ${JSON.stringify(options)}`, async () => {
      expect(await setCookie(options)).to.match(new RegExp(`^${name}=TOKEN;`));
    });
  }

  it('sets no cookie when the login is refused', async () => {
    app = await SignInApp.start(MEMORY, { backends: [backend({})] });
    await app.add('ivan', { isActive: false });
    expect((await app.login('ivan', 'cookie')).cookies).to.deep.equal({});
    expect((await app.login('nobody', 'cookie')).cookies).to.deep.equal({});
  });

  it('trusts neither of two cookies of its name', async () => {
    app = await SignInApp.start(MEMORY, { backends: databaseBackends() });
    await app.add('ada');
    const { cookie } = await app.signIn('ada', 'cookie');
    for (const sent of [`${cookie}; ${cookie}`, `__Host-session=x; ${cookie}`, `${cookie}; __Host-session=`]) {
      expect(await app.me({ cookie: sent })).to.equal(401);
    }
    const refused = await app.http.get('/users/me', { cookie: `${cookie}; ${cookie}` });
    expect(refused.headers['www-authenticate'], 'as for two Authorization headers').to.equal('Bearer error="invalid_token"');
    expect(await app.me({ cookie: `other=1; ${cookie}; __host-session=x` })).to.equal(200);
  });

  it('takes no bearer token of another kind', async () => {
    app = await SignInApp.start(MEMORY, { backends: databaseBackends() });
    await app.add('ada');
    const { token = '', refreshToken = '' } = await app.signIn('ada', 'jwt');
    for (const value of [token, refreshToken, '', '%', 'rcu_st_', `Bearer ${token}`]) {
      expect(await app.me({ cookie: `__Host-session=${value}` })).to.equal(401);
    }
  });

  it('carries a JWT as long as its session lasts, since nothing renews it', async () => {
    app = await SignInApp.start(MEMORY, { backends: databaseBackends() });
    await app.add('ada');
    const signedIn = await app.signIn('ada', 'jwt-cookie');
    for (const days of [13, 26]) {
      app.clock.advance({ days: 13 });
      expect(await app.me(signedIn), `after ${days} days`).to.equal(200);
    }
    app.clock.advance({ days: 5 });
    expect(await app.me(signedIn)).to.equal(401);
  });

  it('carries a JWT for as long as its strategy is told', async () => {
    const transport = new CookieTransport();
    const strategy = new JwtStrategy<Member>({ lifetimeSeconds: 60 });
    app = await SignInApp.start(MEMORY, { backends: [new AuthenticationBackend({ name: 'cookie', transport, strategy })] });
    await app.add('ada');
    const signedIn = await app.signIn('ada');
    app.clock.advance({ seconds: 59 });
    expect(await app.me(signedIn)).to.equal(200);
    app.clock.advance({ seconds: 10 });
    expect(await app.me(signedIn)).to.equal(401);
  });

  it('may be shared by two backends, as while sessions move from one strategy to another', async () => {
    const former = backend({}, 'former');
    const next = backend({}, 'next', new JwtStrategy());
    app = await SignInApp.start(MEMORY, { backends: [next, former] });
    await app.add('ada');
    const old = await app.signIn('ada', 'former');
    expect(await app.me(old)).to.equal(200);
    expect(await app.me(await app.signIn('ada', 'next', carried(old)))).to.equal(200);
    expect(await app.me(old)).to.equal(401);
  });

  describe('refuses at start', () => {
    for (const [options, sentence] of [
      [{ name: '__Host-a', domain: 'app.example' }, 'has a __Host- name and a domain'],
      [{ name: '__Host-a', path: '/api' }, 'has a __Host- name and a path'],
      [{ name: '__Host-a', secure: false }, 'has a __Host- name and is not secure'],
      [{ name: '__HOST-a', secure: false }, 'has a __Host- name and is not secure'],
      [{ name: '__Secure-a', secure: false }, 'has a __Secure- name and is not secure'],
      [{ sameSite: 'none', secure: false }, "has `sameSite: 'none'` and is not secure"],
      [{ partitioned: true, secure: false }, 'is partitioned and not secure'],
      [{ name: 'a b' }, 'has a bad name'],
      [{ name: '' }, 'has a bad name'],
      [{ path: '/;x' }, 'has a bad path'],
      [{ domain: 'a b' }, 'has a bad domain'],
    ] as const) {
      it(JSON.stringify(options), async () => {
        expect(await setupFaults({ backends: [backend(options)] })).to.include(sentence);
      });
    }

    it('an insecure cookie in production, unless it is asked for by its name', async () => {
      const before = process.env.NODE_ENV;
      try {
        process.env.NODE_ENV = 'production';
        expect(new CookieTransport({ secure: false }).check().join()).to.include('dangerouslyAllowInsecureCookie: true');
        expect(new CookieTransport({ secure: false, dangerouslyAllowInsecureCookie: true }).check()).to.deep.equal([]);
      } finally {
        process.env.NODE_ENV = before;
      }
    });
  });
});

function attributes(cookie: string): string[] {
  return cookie.split('; ');
}
