import { expect } from 'chai';
import { type Browser, chromium, type Page } from 'playwright-core';
import { ExampleServer, eventually } from './example-server.js';

const ada = { email: 'ada@example.com', password: 'analytical engine' };
const newPassword = 'difference engine';

describe('the pages that the links of mails open', () => {
  let server: ExampleServer;

  before(async () => {
    server = await ExampleServer.start();
    await server.register(ada.email, ada.password);
  });

  after(() => server.remove());

  for (const path of ['/verify?token=x', '/reset-password?token=x', '/pages/link.js']) {
    it(`keep the token from other sites: ${path}`, async () => {
      const { headers } = await server.ask('GET', path);
      expect(headers.get('referrer-policy')).to.equal('no-referrer');
      expect(headers.get('cache-control')).to.equal('no-store');
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).to.include("frame-ancestors 'none'").and.to.include("default-src 'none'");
      expect(policy).not.to.match(/https?:|\*|unsafe/);
    });
  }

  it('are no way out of their folder', async () => {
    for (const path of ['/pages/..%2fmain.js', '/pages/%2e%2e/main.js', '/pages/', '/pages']) {
      expect((await fetch(server.url + path)).status, path).to.equal(404);
    }
  });

  describe('in a browser', () => {
    let browser: Browser;
    let page: Page;

    before(async function () {
      const executablePath = process.env.TEST_CHROMIUM;
      if (!executablePath) this.skip();
      browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
      page = await browser.newPage();
    });

    after(() => browser?.close());

    const statusText = () => page.textContent('[role=status]');

    it('verify the address once the button is pressed, and not by being opened', async () => {
      const token = await server.tokenFor(ada.email, 'Verify your address');
      await page.goto(`${server.url}/verify?token=${encodeURIComponent(token)}`);
      expect(page.url()).to.equal(`${server.url}/verify`);
      const signedIn = await server.signIn(ada.email, ada.password);
      const isVerified = async () => (await server.ask('GET', '/users/me', { token: signedIn })).body.isVerified;
      expect(await isVerified()).to.equal(false);
      await page.click('button');
      await eventually(async () => (await statusText()) === 'Your address is verified.');
      expect(await isVerified()).to.equal(true);
    });

    it('set a new password, and tell why one is refused', async () => {
      await server.ask('POST', '/users/forgot-password', { body: { email: ada.email } });
      const token = await server.tokenFor(ada.email, 'Choose a new password');
      await page.goto(`${server.url}/reset-password?token=${encodeURIComponent(token)}`);
      expect(page.url()).to.equal(`${server.url}/reset-password`);
      await page.fill('input', 'password');
      await page.click('button');
      await eventually(async () => /common/.test((await statusText()) ?? ''));
      await page.fill('input', newPassword);
      await page.click('button');
      await eventually(async () => (await statusText()) === 'Your new password is set. Sign in with it.');
      await server.signIn(ada.email, newPassword);
    });

    it('ask for the link where they are opened without one', async () => {
      await page.goto(`${server.url}/verify`);
      expect(await statusText()).to.equal('Open the link of your mail once more.');
      expect(await page.isVisible('button')).to.equal(false);
    });
  });
});
