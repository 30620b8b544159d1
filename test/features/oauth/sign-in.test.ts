import { expect } from 'chai';
import { oidc } from '../../../src/features/oauth/index.js';
import type { Feature } from '../../../src/index.js';
import { Browser } from './support/browser.js';
import { bearer, logInByCookie, makeUser, signIn, toCallback, whoIs } from './support/journey.js';
import type { AppOptions, OAuthApp, User } from './support/oauth-app.js';
import { Stage } from './support/stage.js';

describe('signing in by a provider', () => {
  let stage: Stage;
  let app: OAuthApp;
  let browser: Browser;

  async function start(options: Partial<AppOptions> = {}): Promise<void> {
    app = await stage.start(options);
  }

  beforeEach(async () => {
    stage = await Stage.open();
    browser = stage.browser;
  });
  afterEach(() => stage.close());

  describe('an address that somebody has here', () => {
    it('is refused unless the app says otherwise', async () => {
      await start();
      await makeUser(app, 'ada@example.com', { isVerified: true });
      const page = await signIn(app, browser);
      expect([page.status, page.json.code]).to.deep.equal([400, 'OAUTH_USER_ALREADY_EXISTS']);
    });

    it('is the same person with associateByEmail, where it is verified on both sides', async () => {
      await start({ associateByEmail: true });
      const user = await makeUser(app, 'ada@example.com', { isVerified: true });
      const page = await signIn(app, browser);
      expect((await whoIs(app, browser, page)).id).to.equal(user.id);
      expect(app.events.map(({ kind }) => kind)).to.include('sign-in-method-added');
    });

    it('is refused with associateByEmail where the provider has not verified it', async () => {
      await start({ associateByEmail: true });
      await makeUser(app, 'ada@example.com', { isVerified: true });
      stage.provider.person = { sub: 'mallory', email: 'ada@example.com', email_verified: false };
      expect((await signIn(app, browser)).json.code).to.equal('OAUTH_USER_ALREADY_EXISTS');
    });

    it('is refused with associateByEmail where it is not verified here: whoever registered it may be a stranger (better-auth GHSA-qq9h-g4jm-xgf3)', async () => {
      await start({ associateByEmail: true });
      await makeUser(app, 'ada@example.com');
      expect((await signIn(app, browser)).json.code).to.equal('OAUTH_USER_ALREADY_EXISTS');
    });

    it('is not linked to an inactive user', async () => {
      await start({ associateByEmail: true });
      await makeUser(app, 'ada@example.com', { isVerified: true, isActive: false });
      expect((await signIn(app, browser)).json.code).to.equal('LOGIN_BAD_CREDENTIALS');
      expect(await app.accountRows()).to.have.length(0);
      expect(app.events.at(-1)).to.include({ kind: 'login-failed' });
    });

    it('is not told with preventEnumeration to whom the provider does not believe (fastapi-users: it tells who exists)', async () => {
      await start({ users: { preventEnumeration: true, requiresVerification: true } });
      await makeUser(app, 'ada@example.com', { isVerified: true });
      stage.provider.person = { sub: 'mallory', email: 'ada@example.com', email_verified: false };
      const known = await signIn(app, browser);
      stage.provider.person = { sub: 'mallory', email: 'nobody@example.com', email_verified: false };
      const unknown = await signIn(app, browser);
      expect(known.json).to.deep.equal(unknown.json);
    });

    it('is not told so either where new people may not register', async () => {
      await start({ users: { preventEnumeration: true, requiresVerification: true, registration: 'invite' } });
      await makeUser(app, 'ada@example.com', { isVerified: true });
      const pages: unknown[] = [];
      for (const email of ['ada@example.com', 'nobody@example.com']) {
        stage.provider.person = { sub: email, email, email_verified: false };
        const { status, json } = await signIn(app, new Browser());
        pages.push([status, json.code]);
      }
      expect(pages).to.deep.equal([
        [400, 'LOGIN_USER_NOT_VERIFIED'],
        [400, 'LOGIN_USER_NOT_VERIFIED'],
      ]);
    });
  });

  it('signs in where the provider knows no scope `profile`', async () => {
    const bare = await Stage.open({ claims: { openid: ['sub'], email: ['email', 'email_verified'] } });
    const own = await bare.start();
    const page = await signIn(own, bare.browser);
    await bare.close();
    expect(page.status).to.equal(200);
  });

  it('makes an unverified user of an unverified address', async () => {
    await start();
    stage.provider.person = { sub: 'ada', email: 'ada@example.com', email_verified: false };
    expect(await whoIs(app, browser, await signIn(app, browser))).to.include({ isVerified: false });
  });

  it('answers LOGIN_USER_NOT_VERIFIED to him where verification is required', async () => {
    await start({ users: { requiresVerification: true } });
    stage.provider.person = { sub: 'ada', email: 'ada@example.com', email_verified: false };
    expect((await signIn(app, browser)).json.code).to.equal('LOGIN_USER_NOT_VERIFIED');
  });

  it('answers LOGIN_BAD_CREDENTIALS to an inactive user', async () => {
    await start();
    const { id } = await whoIs(app, browser, await signIn(app, browser));
    await app.manager.update(await app.manager.getById(String(id)), { isActive: false });
    const page = await signIn(app, browser);
    expect([page.status, page.json.code]).to.deep.equal([400, 'LOGIN_BAD_CREDENTIALS']);
    expect(app.events.at(-1)).to.deep.include({ kind: 'login-failed', userId: id, details: { provider: 'oidc' } });
  });

  it('answers OAUTH_ACCESS_DENIED to who says no', async () => {
    await start();
    stage.provider.person = null;
    const page = await signIn(app, browser);
    expect([page.status, page.json.code]).to.deep.equal([400, 'OAUTH_ACCESS_DENIED']);
  });

  it('answers OAUTH_NOT_AVAILABLE_EMAIL where the provider tells none, or none that is one', async () => {
    await start();
    for (const email of [undefined, 'no address', 'ada＠example.com']) {
      stage.provider.person = { sub: 'ada', ...(email === undefined ? {} : { email, email_verified: true }) };
      expect((await signIn(app, browser)).json.code, email).to.equal('OAUTH_NOT_AVAILABLE_EMAIL');
    }
  });

  for (const registration of ['invite', 'closed'] as const) {
    it(`answers REGISTRATION_CLOSED to a new person with registration: '${registration}', and lets known ones in`, async () => {
      await start({ users: { registration }, associateByEmail: true });
      const page = await signIn(app, browser);
      expect([page.status, page.json.code]).to.deep.equal([403, 'REGISTRATION_CLOSED']);
      await makeUser(app, 'ada@example.com', { isVerified: true });
      expect((await signIn(app, browser)).status).to.equal(200);
    });
  }

  it('leaves out what the DTO of the app refuses of a profile', async () => {
    await start();
    stage.provider.person = { sub: 'ada', email: 'ada@example.com', email_verified: true, given_name: 'A'.repeat(60) };
    expect(await whoIs(app, browser, await signIn(app, browser))).to.include({ firstName: '' });
  });

  it('sets no flag, password or other managed field that a profile mapper hands on', async () => {
    const profile = () => ({
      isSuperuser: true,
      isVerified: false,
      password: 'x',
      hashedPassword: 'x',
      id: 'x',
      email: 'evil@example.com',
    });
    await start({ providers: { oidc: oidc({ ...stage.client, profile }) } });
    const me = await whoIs(app, browser, await signIn(app, browser));
    expect(me).to.include({ isSuperuser: false, isVerified: true, hasPassword: false, email: 'ada@example.com' });
  });

  it('lets nobody in by a password who has none (django-allauth 65.11.1)', async () => {
    await start();
    await signIn(app, browser);
    for (const password of ['', 'undefined', 'null', 'correct horse battery']) {
      const page = await browser.visit(`${app.url}/users/login`, { form: { username: 'ada@example.com', password } });
      expect(page.json.code, password).to.equal('LOGIN_BAD_CREDENTIALS');
    }
  });

  it('tells of the sign-in by a security event and keeps how it was done', async () => {
    await start();
    await signIn(app, browser);
    expect(app.events.map(({ kind }) => kind)).to.deep.equal(['registered', 'login']);
    expect(app.events[1]?.details).to.deep.equal({ backend: 'bearer', amr: ['oauth'] });
  });

  describe('the answer of the backend', () => {
    it('is 204 and its cookie for the cookie backend, and ends the session whose cookie came along', async () => {
      await start();
      await makeUser(app, 'grace@example.com');
      await logInByCookie(app, browser, 'grace@example.com');
      const former = browser.cookie(app.url, 'session');
      const page = await signIn(app, browser, '?backend=cookie');
      expect([page.status, page.headers.get('content-length')]).to.deep.equal([204, null]);
      expect((await browser.visit(`${app.url}/users/me`)).json.email).to.equal('ada@example.com');
      const thief = new Browser();
      thief.setCookie(app.url, 'session', String(former));
      expect((await thief.visit(`${app.url}/users/me`)).status).to.equal(401);
    });

    it('is 302 to returnTo with the cookie set', async () => {
      await start();
      const page = await signIn(app, browser, '?backend=cookie&returnTo=/welcome%3Ftab%3D1');
      expect([page.status, page.location]).to.deep.equal([302, `${app.url}/welcome?tab=1`]);
      expect((await browser.visit(`${app.url}/users/me`)).status).to.equal(200);
    });

    it('is 302 to returnTo with a code for a bearer backend, which is taken once', async () => {
      await start();
      const { location } = await signIn(app, browser, '?returnTo=/welcome');
      const code = new URL(String(location)).searchParams.get('code');
      expect(String(location)).to.match(/\/welcome\?code=/);
      const page = await browser.visit(`${app.url}/oauth/exchange`, { json: { code } });
      expect(page.status).to.equal(200);
      expect(await whoIs(app, browser, page)).to.include({ email: 'ada@example.com' });
      const again = await browser.visit(`${app.url}/oauth/exchange`, { json: { code } });
      expect([again.status, again.json.code]).to.deep.equal([400, 'OAUTH_INVALID_STATE']);
    });

    it('is 422 for a backend that is not there', async () => {
      await start();
      expect((await browser.visit(`${app.url}/oauth/oidc/authorize?backend=nowhere`)).status).to.equal(422);
    });
  });

  describe('a code for exchange', () => {
    let code: string;
    beforeEach(async () => {
      await start();
      const { location } = await signIn(app, browser, '?returnTo=/welcome');
      code = String(new URL(String(location)).searchParams.get('code'));
    });
    const exchange = (by: Browser, value: unknown = code) => by.visit(`${app.url}/oauth/exchange`, { json: { code: value } });

    it('is refused to another browser, and is not spent by it', async () => {
      expect((await exchange(new Browser())).json.code).to.equal('OAUTH_INVALID_STATE');
      expect((await exchange(browser)).status).to.equal(200);
    });

    it('is refused after 60 seconds', async () => {
      app.clock.advance(61);
      expect((await exchange(browser)).json.code).to.equal('OAUTH_INVALID_STATE');
    });

    it('is refused once the user has another password', async () => {
      const user = await app.manager.findByEmail('ada@example.com');
      if (user !== null) await app.manager.setPassword(user, 'another horse battery');
      expect((await exchange(browser)).json.code).to.equal('OAUTH_INVALID_STATE');
    });

    it('is given to one of five who ask at once', async () => {
      const pages = await Promise.all(Array.from({ length: 5 }, () => exchange(browser)));
      expect(pages.filter(({ status }) => status === 200)).to.have.length(1);
    });

    it('is refused to a page of another site, and is not spent by it', async () => {
      const headers = { 'sec-fetch-site': 'same-site', origin: 'https://blog.example' };
      const page = await browser.visit(`${app.url}/oauth/exchange`, { json: { code }, headers });
      expect([page.status, page.json.code]).to.deep.equal([403, 'CSRF_REJECTED']);
      expect(page.headers.getSetCookie()).to.have.length(0);
      expect((await exchange(browser)).status).to.equal(200);
    });

    it('is no state, and a state is no code', async () => {
      expect((await browser.visit(`${app.url}/oauth/oidc/callback?code=x&state=${code}`)).json.code).to.equal(
        'OAUTH_INVALID_STATE',
      );
      const state = new URL(await toCallback(app, browser)).searchParams.get('state');
      expect((await exchange(browser, state)).json.code).to.equal('OAUTH_INVALID_STATE');
    });

    it('is 422 where it is no text', async () => {
      expect((await exchange(browser, 1)).status).to.equal(422);
    });
  });

  describe('with a returnTo', () => {
    for (const [who, person, code] of [
      ['says no', null, 'OAUTH_ACCESS_DENIED'],
      ['has no address', { sub: 'ada' }, 'OAUTH_NOT_AVAILABLE_EMAIL'],
    ] as const) {
      it(`sends back with error=${code} who ${who}`, async () => {
        await start();
        stage.provider.person = person;
        const page = await signIn(app, browser, '?returnTo=/welcome');
        expect([page.status, page.location]).to.deep.equal([302, `${app.url}/welcome?error=${code}`]);
      });
    }

    it('logs what of the server is down, and sends back with its code', async () => {
      await start();
      const address = await toCallback(app, browser, '?returnTo=/welcome');
      app.dataSource.subscribers.push({
        beforeQuery(): void {
          throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
        },
      });
      const page = await browser.visit(address);
      app.dataSource.subscribers.pop();
      expect(page.location).to.equal(`${app.url}/welcome?error=SERVICE_UNAVAILABLE`);
      expect(app.log.lines.join('\n')).to.match(/the callback of the provider "oidc" failed.*ECONNREFUSED/);
    });
  });

  describe('where a second factor is due', () => {
    const factor: Feature<User> = { name: 'factor', setUp: () => ({ secondFactors: async () => ['totp'] }) };
    const refusal = { status: 403, code: 'MFA_REQUIRED', factors: ['totp'] };

    beforeEach(() => start({ features: [factor] }));

    it('answers MFA_REQUIRED with its token, and makes no session', async () => {
      for (const backend of ['bearer', 'cookie']) {
        const { json } = await signIn(app, new Browser(), `?backend=${backend}`);
        expect(json).to.deep.include(refusal);
        expect(json.mfaToken).to.be.a('string');
      }
      expect(await app.dataSource.query('SELECT * FROM user_session')).to.have.length(0);
    });

    it('sends to returnTo with the word and a code, for which the page gets the token', async () => {
      for (const backend of ['bearer', 'cookie']) {
        const own = new Browser();
        const { location } = await signIn(app, own, `?returnTo=/welcome&backend=${backend}`);
        const { searchParams } = new URL(String(location));
        expect([...searchParams.keys()]).to.deep.equal(['error', 'code']);
        expect(searchParams.get('error')).to.equal('MFA_REQUIRED');
        const page = await own.visit(`${app.url}/oauth/exchange`, { json: { code: searchParams.get('code') } });
        expect(page.json).to.deep.include(refusal);
        expect(page.json.mfaToken).to.be.a('string');
      }
    });
  });

  describe('the hooks of registration', () => {
    it('may refuse, by the word of the app’s own error and to returnTo, and nothing is stored then', async () => {
      await start({ refuses: 'before' });
      expect((await signIn(app, browser)).status).to.equal(403);
      const page = await signIn(app, new Browser(), '?returnTo=/welcome');
      expect(page.location).to.equal(`${app.url}/welcome?error=FORBIDDEN`);
      expect(await app.manager.findByEmail('ada@example.com')).to.equal(null);
    });

    it('roll the account back with the user where one fails in the transaction', async () => {
      await start({ refuses: 'during' });
      expect((await signIn(app, browser)).status).to.equal(403);
      expect(await app.manager.findByEmail('ada@example.com')).to.equal(null);
      expect(await app.accountRows()).to.have.length(0);
    });

    it('run after it, and nobody is invited to choose a password', async () => {
      await start();
      await signIn(app, browser);
      expect(app.hooks).to.deep.equal(['before ada@example.com Ada', 'during ada@example.com', 'after ada@example.com']);
    });
  });

  describe('GET /oauth/:provider/authorize', () => {
    it('answers the address as JSON, with PKCE, state and nonce, and a cookie', async () => {
      await start();
      const page = await browser.visit(`${app.url}/oauth/oidc/authorize?scopes=openid&scopes=offline_access`);
      const { searchParams } = new URL(String(page.json.authorization_url));
      expect(searchParams.get('scope')).to.equal('openid email profile offline_access');
      expect(searchParams.get('code_challenge_method')).to.equal('S256');
      expect(searchParams.get('redirect_uri')).to.equal(`${app.url}/oauth/oidc/callback`);
      expect([searchParams.get('state')?.length, searchParams.get('nonce')?.length]).to.deep.equal([59, 43]);
      expect(page.headers.get('set-cookie')).to.match(
        /^__Host-oauth-[\w-]{16}=v1\.[\w-]+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      );
      expect(page.headers.get('cache-control')).to.equal('no-store');
    });

    it('sends a browser there, and says that the answer depends on Accept', async () => {
      await start();
      const page = await browser.visit(`${app.url}/oauth/oidc/authorize`, { headers: { accept: 'text/html,*/*;q=0.8' } });
      expect(page.status).to.equal(302);
      expect(page.location?.startsWith(stage.provider.issuer)).to.equal(true);
      expect(page.headers.get('vary')).to.match(/accept/i);
    });

    it('hands the address of the page that began to no provider, nor a callback’s to the page that it leads to', async () => {
      await start();
      const page = await browser.visit(`${app.url}/oauth/oidc/authorize`, { headers: { accept: 'text/html' } });
      const back = await browser.visit(await toCallback(app, browser, '?returnTo=/welcome'));
      const posted = await browser.visit(`${app.url}/oauth/oidc/callback`, { form: { code: 'x' } });
      for (const { headers } of [page, back, posted]) expect(headers.get('referrer-policy')).to.equal('no-referrer');
    });

    it('never takes a host from the request (better-auth CVE-2025-71401, GHSA-569q-mpph-wgww)', async () => {
      await start();
      const page = await browser.visit(`${app.url}/oauth/oidc/authorize`, {
        headers: { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' },
      });
      expect(String(page.json.authorization_url)).not.to.include('evil');
    });

    it('answers 404 for a provider that is not there, words of JavaScript included', async () => {
      await start();
      for (const name of ['nowhere', '__proto__', 'constructor', 'toString']) {
        const page = await browser.visit(`${app.url}/oauth/${name}/authorize`);
        expect([page.status, page.json.code], name).to.deep.equal([404, 'NOT_FOUND']);
      }
    });

    it('answers 422 for scopes that are none', async () => {
      await start();
      for (const query of [
        'scopes=%22',
        'scopes=%00',
        `scopes=${'a'.repeat(200)}`,
        'scopes=a&'.repeat(30),
        'returnTo=/a&returnTo=/b',
      ]) {
        expect((await browser.visit(`${app.url}/oauth/oidc/authorize?${query}`)).status, query).to.equal(422);
      }
    });

    it('keeps five flows in a browser, and drops the oldest', async () => {
      await start();
      const callbacks: string[] = [];
      for (let tab = 0; tab < 6; tab += 1) callbacks.push(await toCallback(app, browser));
      expect(browser.cookieNames(app.url)).to.have.length(5);
      expect((await browser.visit(String(callbacks[0]))).json.code).to.equal('OAUTH_INVALID_STATE');
      expect((await browser.visit(String(callbacks[5]))).status).to.equal(200);
      expect((await browser.visit(String(callbacks[1]))).status).to.equal(200);
    });

    it('keeps the other four when one of five ends with a code for exchange', async () => {
      await start();
      const callbacks: string[] = [];
      for (let tab = 0; tab < 5; tab += 1) callbacks.push(await toCallback(app, browser, '?returnTo=/welcome'));
      for (const callback of callbacks.reverse()) {
        expect((await browser.visit(callback)).location).to.match(/\/welcome\?code=/);
      }
      expect(browser.cookieNames(app.url)).to.have.length(5);
    });
  });

  it('answers the callback with a session that ends like any other', async () => {
    await start();
    const page = await signIn(app, browser);
    await browser.visit(`${app.url}/users/logout`, { method: 'POST', headers: bearer(page) });
    expect((await browser.visit(`${app.url}/users/me`, { headers: bearer(page) })).status).to.equal(401);
  });
});
