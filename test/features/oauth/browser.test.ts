import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { type Browser, chromium, type Page } from 'playwright-core';
import { Browser as Visitor } from './support/browser.js';
import { toCallback } from './support/journey.js';
import type { OAuthApp } from './support/oauth-app.js';
import { Stage } from './support/stage.js';

const PAGE = `<!doctype html><title>the app</title>
<a id="sign-in" href="/oauth/oidc/authorize?backend=cookie&returnTo=/page">Sign in</a>
<form id="add" method="post" action="/oauth/oidc/associate?returnTo=/page"><button>Add an account</button></form>`;

describe('in a browser', () => {
  let chrome: Browser;
  let stage: Stage;
  let app: OAuthApp;
  let page: Page;

  before(async () => {
    chrome = await chromium.launch({ executablePath: process.env.TEST_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
  });
  after(() => chrome.close());

  beforeEach(async () => {
    stage = await Stage.open();
    app = await stage.start({ page: PAGE });
    page = await (await chrome.newContext()).newPage();
  });

  afterEach(async () => {
    await page.context().close();
    await stage.close();
  });

  /** What the app answers to the page's own script. */
  async function ask(path: string): Promise<{ status: number; json: Record<string, unknown> }> {
    return page.evaluate(async (address) => {
      const response = await fetch(address);
      return { status: response.status, json: Object(await response.json()) };
    }, path);
  }

  it('a click signs in by the provider, and the session is a cookie that scripts cannot read', async () => {
    await page.goto(`${app.url}/page`);
    await page.click('#sign-in');
    await page.waitForURL(`${app.url}/page`);
    expect((await ask('/users/me')).json).to.include({ email: 'ada@example.com' });
    expect(await page.evaluate('document.cookie')).to.equal('');
  });

  it('a form adds an account, and a script removes it', async () => {
    await page.goto(`${app.url}/page`);
    await page.click('#sign-in');
    await page.waitForURL(`${app.url}/page`);
    stage.provider.person = { sub: 'ada too', email: 'other@example.com', email_verified: true };
    await page.context().clearCookies({ domain: '127.0.0.1', name: /^_session/ });
    await page.click('#add button');
    await page.waitForURL(`${app.url}/page`);
    const { json } = await ask('/oauth/accounts');
    const items = json.items as { id: string; accountId: string }[];
    expect(items.map(({ accountId }) => accountId)).to.deep.equal(['ada', 'ada too']);
    const status = await page.evaluate(
      async (id) => (await fetch(`/oauth/accounts/${id}`, { method: 'DELETE' })).status,
      items[1]?.id,
    );
    expect(status).to.equal(204);
  });

  it('who says no comes back to the app with the word', async () => {
    stage.provider.person = null;
    await page.goto(`${app.url}/page`);
    await page.click('#sign-in');
    await page.waitForURL(`${app.url}/page?error=OAUTH_ACCESS_DENIED`);
  });

  it('the answer that a provider posts finds the cookie', async () => {
    await page.goto(`${app.url}/page`);
    const begun = await ask('/oauth/oidc/authorize?backend=cookie&returnTo=/page');
    const address = new URL(String(begun.json.authorization_url));
    address.searchParams.set('response_mode', 'form_post');
    await page.goto(address.href);
    await page.waitForURL(`${app.url}/page`);
    expect((await ask('/users/me')).status).to.equal(200);
  });

  describe('on a page of another site', () => {
    let foreign: Server;
    let html = '';
    let address: string;

    before(async () => {
      foreign = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(html)).listen(0);
      await once(foreign, 'listening');
      // To a browser `localhost` is another site than 127.0.0.1.
      address = `http://localhost:${(foreign.address() as AddressInfo).port}/`;
    });
    after(() => void foreign.close());

    async function signInAndVisit(content: string): Promise<void> {
      await page.goto(`${app.url}/page`);
      await page.click('#sign-in');
      await page.waitForURL(`${app.url}/page`);
      html = content;
      await page.goto(address);
    }

    it('a form cannot add an account of the attacker', async () => {
      await signInAndVisit(`<form method="post" action="${app.url}/oauth/oidc/associate"><button>Win</button></form>`);
      const [answer] = await Promise.all([page.waitForResponse(/associate/), page.click('button')]);
      expect(answer.status()).to.equal(401);
      await page.goto(`${app.url}/page`);
      expect((await ask('/oauth/accounts')).json.items).to.have.length(1);
    });

    it('a script cannot, and gets no answer', async () => {
      await signInAndVisit('<p>');
      const told = await page.evaluate(
        async (url) =>
          fetch(url, { method: 'POST', credentials: 'include', mode: 'no-cors' }).then(
            (response) => response.type,
            () => 'failed',
          ),
        `${app.url}/oauth/oidc/associate`,
      );
      expect(told).to.be.oneOf(['opaque', 'failed']);
      expect(app.events.map(({ kind }) => kind)).not.to.include('sign-in-method-added');
    });

    it('a link to the attacker’s own callback signs nobody in', async () => {
      stage.provider.person = { sub: 'mallory', email: 'mallory@example.com', email_verified: true };
      const callback = await toCallback(app, new Visitor(), '?backend=cookie');
      html = `<a href="${callback.replaceAll('&', '&amp;')}">Win</a>`;
      await page.goto(address);
      const [answer] = await Promise.all([page.waitForResponse(/callback/), page.click('a')]);
      expect([answer.status(), (await answer.json()).code]).to.deep.equal([400, 'OAUTH_INVALID_STATE']);
      await page.goto(`${app.url}/page`);
      expect((await ask('/users/me')).status).to.equal(401);
    });

    it('a link to authorize signs the person in as himself at most, and comes back to the app alone', async () => {
      html = `<a href="${app.url}/oauth/oidc/authorize?backend=cookie&amp;returnTo=/page">Win</a>`;
      await page.goto(address);
      await page.click('a');
      await page.waitForURL(`${app.url}/page`);
      expect((await ask('/users/me')).json).to.include({ email: 'ada@example.com' });
    });
  });
});
