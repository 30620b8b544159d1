import { expect } from 'chai';
import { oidc } from '../../../src/features/oauth/index.js';
import { Browser } from './support/browser.js';
import { signIn, toCallback } from './support/journey.js';
import { type OAuthApp, startApp } from './support/oauth-app.js';
import { Stage } from './support/stage.js';

describe('the state of a flow', () => {
  let stage: Stage;
  let app: OAuthApp;
  let browser: Browser;
  let callback: string;

  beforeEach(async () => {
    stage = await Stage.open();
    app = await stage.start({ providers: { oidc: oidc(stage.client), other: oidc(stage.client) } });
    browser = stage.browser;
    callback = await toCallback(app, browser);
  });
  afterEach(() => stage.close());

  const stateOf = (address: string): string => String(new URL(address).searchParams.get('state'));

  function withState(state: string | null): string {
    const url = new URL(callback);
    if (state === null) url.searchParams.delete('state');
    else url.searchParams.set('state', state);
    return url.href;
  }

  async function isRefused(address: string, by: Browser = browser): Promise<void> {
    const page = await by.visit(address);
    expect([page.status, page.json.code]).to.deep.equal([400, 'OAUTH_INVALID_STATE']);
    expect(page.headers.get('set-cookie') ?? '').not.to.include('session');
    expect(stage.provider.requests).not.to.include('POST /token');
  }

  it('is refused without its cookie (fastapi-users CVE-2025-68481, GHSA-5j53-63w8-8625)', () =>
    isRefused(callback, new Browser()));

  it('is refused with the cookie of another flow under its name (CVE-2025-68481)', async () => {
    const mallory = new Browser();
    await toCallback(app, mallory);
    const [theirs = ''] = mallory.cookieNames(app.url);
    const [mine = ''] = browser.cookieNames(app.url);
    const victim = new Browser();
    victim.setCookie(app.url, mine, String(mallory.cookie(app.url, theirs)));
    await isRefused(callback, victim);
  });

  it('is refused with two cookies of its name, of which a sister domain may have set one', async () => {
    const [name = ''] = browser.cookieNames(app.url);
    const cookie = browser.cookie(app.url, name);
    const page = await new Browser().visit(callback, { headers: { cookie: `${name}=x; ${name}=${cookie}` } });
    expect(page.json.code).to.equal('OAUTH_INVALID_STATE');
  });

  it('is refused where a character of the cookie was changed', async () => {
    const [name = ''] = browser.cookieNames(app.url);
    const cookie = String(browser.cookie(app.url, name));
    for (const at of [3, 10, 60, cookie.length - 1]) {
      const forged = new Browser();
      forged.setCookie(app.url, name, `${cookie.slice(0, at)}${cookie[at] === 'A' ? 'B' : 'A'}${cookie.slice(at + 1)}`);
      await isRefused(callback, forged);
    }
  });

  it('is refused where it is made up, missing, doubled, or half right (next-auth CVE-2023-27490; django-allauth 65.16.1)', async () => {
    const state = stateOf(callback);
    for (const wrong of [
      null,
      '',
      'x',
      '.',
      'a'.repeat(59),
      `${state}x`,
      state.slice(0, 58),
      `${state.slice(0, 16)}${'a'.repeat(43)}`,
      '__proto__',
    ])
      await isRefused(withState(wrong));
    await isRefused(`${callback}&state=${state}`);
    await isRefused(callback.replace('state=', 'state[]='));
  });

  it('is refused after ten minutes, and taken before', async () => {
    app.clock.advance(601);
    await isRefused(callback);
    app.clock.advance(-2);
    expect((await browser.visit(callback)).status).to.equal(200);
  });

  it('is refused at the callback of another provider, and stays good at its own (next-auth GHSA-x445-f3h2-j279)', async () => {
    await isRefused(callback.replace('/oidc/', '/other/'));
    expect((await browser.visit(callback)).status).to.equal(200);
  });

  it('is refused the second time, also with the cookie put back, and by another process', async () => {
    const [name = ''] = browser.cookieNames(app.url);
    const cookie = String(browser.cookie(app.url, name));
    expect((await browser.visit(callback)).status).to.equal(200);
    expect((await browser.visit(callback)).json.code).to.equal('OAUTH_INVALID_STATE');
    browser.setCookie(app.url, name, cookie);
    const requests = stage.provider.requests.length;
    expect((await browser.visit(callback)).json.code).to.equal('OAUTH_INVALID_STATE');
    expect(stage.provider.requests).to.have.length(requests);
  });

  it('is taken once by two callbacks at the same time (better-auth GHSA-7w99-5wm4-3g79)', async () => {
    const pages = await Promise.all([browser.visit(callback), browser.visit(callback)]);
    const codes = pages.map(({ status, json }) => [status, json.code]);
    expect(codes.sort()).to.deep.equal([
      [200, undefined],
      [400, 'OAUTH_INVALID_STATE'],
    ]);
    expect(stage.provider.requests.filter((request) => request === 'POST /token')).to.have.length(1);
  });

  it('is spent by a refusal too', async () => {
    const [name = ''] = browser.cookieNames(app.url);
    const cookie = String(browser.cookie(app.url, name));
    const denied = withState(stateOf(callback)).replace(/code=[^&]+/, 'error=access_denied');
    expect((await browser.visit(denied)).json.code).to.equal('OAUTH_ACCESS_DENIED');
    browser.setCookie(app.url, name, cookie);
    await isRefused(callback);
  });

  it('of two tabs is two, and either may end first', async () => {
    const second = await toCallback(app, browser, '?backend=cookie');
    expect((await browser.visit(second)).status).to.equal(204);
    expect((await browser.visit(callback)).json).to.have.property('access_token');
  });

  it('says nothing of what it holds', async () => {
    await toCallback(app, browser, '?returnTo=/a-secret-place');
    const jar = browser.cookieNames(app.url).map((name) => browser.cookie(app.url, name));
    const decoded = jar.map((value) => Buffer.from(String(value).replace(/^v1\./, ''), 'base64url').toString('latin1'));
    expect(decoded.join()).not.to.match(/secret-place|oidc|bearer/);
  });

  it('of an attacker gains him nothing in a victim’s browser', async () => {
    const victim = new Browser();
    await isRefused(callback, victim);
    await toCallback(app, victim);
    await isRefused(callback, victim);
  });

  it('is forgotten by the table once it is past its time', async () => {
    const rows = async () => Number((await app.dataSource.query('SELECT COUNT(*) AS n FROM spent_oauth_ticket'))[0].n);
    await browser.visit(callback);
    expect(await rows()).to.equal(1);
    app.clock.advance(700);
    await signIn(app, browser);
    expect(await rows()).to.equal(1);
  });

  it('has a plain cookie on plain http beyond loopback, which is for development', async () => {
    const plain = await startApp({ providers: { oidc: oidc(stage.client) }, baseUrl: 'http://app.example' });
    const page = await browser.visit(`${plain.url}/oauth/oidc/authorize`);
    await plain.stop();
    expect(page.headers.get('set-cookie')).to.match(/^oauth-[\w-]{16}=\S+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(String(page.json.authorization_url)).to.include(encodeURIComponent('http://app.example/oauth/oidc/callback'));
  });

  describe('POST /oauth/:provider/callback', () => {
    it('sends on to the GET, to which the browser adds the cookie', async () => {
      const { searchParams } = new URL(callback);
      const posted = await browser.visit(`${app.url}/oauth/oidc/callback`, {
        form: Object.fromEntries(searchParams),
        headers: { 'sec-fetch-site': 'cross-site', origin: stage.provider.issuer },
        cookies: false,
      });
      expect(posted.status).to.equal(303);
      expect((await browser.visit(String(posted.location))).status).to.equal(200);
    });

    it('hands on what it knows, and to its own address alone', async () => {
      const posted = await browser.visit(`${app.url}/oauth/oidc/callback`, {
        form: { state: 'a&b=c', code: 'x', returnTo: 'https://evil.example', user: '{}' },
        headers: { 'x-forwarded-host': 'evil.example' },
      });
      expect(posted.location).to.equal(`${app.url}/oauth/oidc/callback?state=a%26b%3Dc&code=x&user=%7B%7D`);
    });

    it('is 404 for a provider that is not there and 422 for a code that is too long', async () => {
      expect((await browser.visit(`${app.url}/oauth/nowhere/callback`, { form: { code: 'x' } })).status).to.equal(404);
      expect((await browser.visit(`${app.url}/oauth/oidc/callback`, { form: { code: 'x'.repeat(5000) } })).status).to.equal(422);
    });
  });
});
