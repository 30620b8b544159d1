import { expect } from 'chai';
import { type Browser, chromium, type Page } from 'playwright-core';
import { ExampleServer } from './example-server.js';

const ada = { email: 'ada@example.com', password: 'analytical engine' };

describe('/docs of the example', () => {
  let server: ExampleServer;

  before(async () => {
    server = await ExampleServer.start();
    await server.register(ada.email, ada.password);
  });

  after(() => server.remove());

  it('may ask no other origin', async () => {
    const policy = (await server.ask('GET', '/docs')).headers.get('content-security-policy') ?? '';
    expect(policy).to.include("default-src 'none'").and.to.include("frame-ancestors 'none'");
    expect(policy).not.to.match(/https?:|\*|unsafe-eval|script-src[^;]*unsafe/);
  });

  describe('in a browser', () => {
    let browser: Browser;
    let page: Page;
    const asked = new Set<string>();
    const faults: string[] = [];

    before(async function () {
      this.timeout(60_000);
      const executablePath = process.env.TEST_CHROMIUM;
      if (!executablePath) this.skip();
      browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
      page = await browser.newPage();
      page.on('request', (request) => asked.add(new URL(request.url()).origin));
      page.on('pageerror', (error) => faults.push(error.message));
      await page.goto(`${server.url}/docs`);
    });

    after(() => browser?.close());

    /** Opens an operation and sends it; what is typed goes before. */
    async function tryOut(id: string, type: (operation: ReturnType<Page['locator']>) => Promise<void> = async () => {}) {
      const operation = page.locator(`.opblock[id$="-${id}"]`);
      await operation.locator('.opblock-summary-control').click();
      await operation.locator('.try-out__btn').click();
      await type(operation);
      await operation.locator('.execute').click();
      const response = operation.locator('.live-responses-table .response').first();
      await response.waitFor();
      return {
        status: Number.parseInt((await response.locator('.response-col_status').textContent()) ?? '', 10),
        body: (await response.locator('.highlight-code code, .highlight-code pre').first().textContent()) ?? '',
      };
    }

    it('signs in, and calls GET /users/me as who that is', async function () {
      this.timeout(60_000);
      const login = await tryOut('login', async (operation) => {
        await operation
          .locator('textarea')
          .first()
          .fill(JSON.stringify({ username: ada.email, password: ada.password }));
      });
      expect(login.status).to.equal(200);
      const token = /"access_token":\s*"([^"]+)"/.exec(login.body)?.[1] ?? '';

      await page.click('.auth-wrapper .authorize');
      await page.locator('.auth-container input').first().fill(token);
      await page.locator('.auth-btn-wrapper .authorize').first().click();
      await page.click('.auth-btn-wrapper .btn-done');

      const me = await tryOut('getMe');
      expect(me.status).to.equal(200);
      expect(me.body).to.include(ada.email);
    });

    it('asked this server alone, and no script failed', () => {
      expect([...asked].filter((origin) => origin !== 'null')).to.deep.equal([server.url]);
      expect(faults).to.deep.equal([]);
    });
  });
});
