import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { expect } from 'chai';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { databaseBackends } from '../support/backends.js';
import type { Member } from '../support/member.entity.js';
import { SignInApp } from '../support/sign-in-app.js';
import { emailOf, PASSWORD } from '../support/sign-in-client.js';

const CHROMIUM = process.env.TEST_CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** What a page elsewhere tries, by path: sign-ins as somebody else, and changes in the name of the person who looks at it. */
const TARGETS = ['/auth/cookie/login', '/users/login', '/users/logout', '/auth/cookie/logout', '/things'];

describe('a browser and a backend with a cookie', () => {
  let browser: Browser;
  let elsewhere: Server;
  let port: number;
  let app: SignInApp;
  let ada: Member;
  let context: BrowserContext;
  let page: Page;

  before(async function () {
    if (!existsSync(CHROMIUM)) {
      if (process.env.CI === 'true') throw new Error(`There is no browser at ${CHROMIUM}.`);
      return this.skip();
    }
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    elsewhere = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end('<!doctype html><title>elsewhere</title>');
    }).listen(0);
    await new Promise((resolve) => elsewhere.once('listening', resolve));
    const address = elsewhere.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
    app = await SignInApp.start(
      { type: 'better-sqlite3', database: ':memory:', enableWAL: true },
      { backends: databaseBackends() },
    );
    ada = await app.add('ada');
    await app.add('mallory');
  });

  after(async () => {
    await browser?.close();
    elsewhere?.close();
    await app?.close();
  });

  beforeEach(async () => {
    await app.users.manager.endSessions(ada);
    context = await browser.newContext();
    page = await context.newPage();
  });

  afterEach(() => context.close());

  /** Signs Ada in from a page of the app's own. */
  async function signIn(): Promise<void> {
    await page.goto(`${app.http.url}/things/for-anybody`);
    expect(await post('/auth/cookie/login', { email: emailOf('ada'), password: PASSWORD })).to.equal(204);
  }

  function post(path: string, body: object): Promise<number> {
    return page.evaluate(
      async ([address, json]) => {
        const headers = { 'content-type': 'application/json' };
        return (await fetch(address, { method: 'POST', headers, body: json })).status;
      },
      [path, JSON.stringify(body)] as const,
    );
  }

  /** Who the app says is signed in, in this browser. */
  async function whoAmI(): Promise<unknown> {
    await page.goto(`${app.http.url}/things/for-anybody`);
    const { of } = JSON.parse((await page.textContent('body')) ?? '');
    return of;
  }

  it('signs in from a page of the same origin, by a cookie that scripts cannot read', async () => {
    await signIn();
    expect(await page.evaluate('document.cookie')).to.equal('');
    expect(await whoAmI()).to.equal(emailOf('ada'));
    expect(await post('/things', {})).to.equal(200);
    expect(await post('/users/logout', {})).to.equal(204);
    expect(await whoAmI()).to.equal(null);
  });

  for (const [title, host] of [
    ['a sister of the site, where SameSite lets the cookie through', '127.0.0.1'],
    ['another site', 'localhost'],
  ] as const) {
    describe(`with a page of ${title}`, () => {
      it('changes nothing by a form, wherever it is posted to', async () => {
        await signIn();
        for (const path of TARGETS) {
          await page.goto(`http://${host}:${port}`);
          const answered = page.waitForResponse((response) => response.url().endsWith(path));
          await page.evaluate(submitForm, { action: app.http.url + path, username: emailOf('mallory'), password: PASSWORD });
          await page.waitForURL(app.http.url + path);
          // A sign-in by bearer token sets no cookie, and the page cannot read the answer.
          expect((await answered).status(), path).to.be.oneOf(path === '/users/login' ? [200] : [401, 403]);
          expect(await whoAmI(), path).to.equal(emailOf('ada'));
        }
      });

      it('changes nothing by fetch, whatever it asks', async () => {
        await signIn();
        for (const path of TARGETS) {
          await page.goto(`http://${host}:${port}`);
          const fields = { username: emailOf('mallory'), password: PASSWORD };
          const outcomes = await page.evaluate(tryFetch, { address: app.http.url + path, fields });
          expect(outcomes, path).to.deep.equal(['opaque', 'refused by the browser', 'refused by the browser']);
          expect(await whoAmI(), path).to.equal(emailOf('ada'));
        }
      });

      it('cannot sign anybody in where nobody is', async () => {
        await page.goto(`http://${host}:${port}`);
        const fields = { username: emailOf('mallory'), password: PASSWORD };
        await page.evaluate(tryFetch, { address: `${app.http.url}/auth/cookie/login`, fields });
        expect(await whoAmI()).to.equal(null);
        expect(await context.cookies()).to.deep.equal([]);
      });
    });
  }
});

/** Runs in the page. */
function submitForm({ action, ...fields }: { action: string; username: string; password: string }): void {
  const { document } = globalThis as unknown as { document: PageDocument };
  const form = document.createElement('form');
  Object.assign(form, { method: 'post', action });
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement('input');
    Object.assign(input, { name, value });
    form.appendChild(input);
  }
  document.body.appendChild(form);
  form.submit();
}

/** Runs in the page: a simple request, one that asks to read the answer, and one with a JSON body. */
async function tryFetch({ address, fields }: { address: string; fields: Record<string, string> }): Promise<string[]> {
  const form = { method: 'POST', credentials: 'include', body: new URLSearchParams(fields) } as const;
  const json = {
    method: 'POST',
    credentials: 'include',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fields),
  } as const;
  const tries = [{ ...form, mode: 'no-cors' as const }, form, json];
  const outcomes: string[] = [];
  for (const options of tries) {
    try {
      outcomes.push((await fetch(address, options)).type);
    } catch {
      outcomes.push('refused by the browser');
    }
  }
  return outcomes;
}

/** The little of the DOM that the page's function uses; the tests are compiled without it. */
interface PageElement {
  appendChild(child: PageElement): void;
  submit(): void;
}
interface PageDocument {
  body: PageElement;
  createElement(name: string): PageElement;
}
