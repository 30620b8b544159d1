import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { type Browser, chromium, type Page } from 'playwright-core';
import { ExampleServer } from '../example/example-server.js';
import { InstalledClient } from './installed-client.js';

/** `test/client/journey` is compiled with the client, not here. */
interface Journey {
  journey(world: {
    url: string;
    tokenFor: (email: string, subject: string) => Promise<string>;
  }): Promise<Record<string, unknown>>;
}

describe("the example's typed client", () => {
  let client: InstalledClient;
  let server: ExampleServer;

  before(async function () {
    this.timeout(180_000);
    client = await InstalledClient.make();
    server = await ExampleServer.start();
  });

  after(async () => {
    await client?.leave();
    await server?.remove();
  });

  it('is made from the document by `npm run client`', async function () {
    this.timeout(120_000);
    const { ok, output } = await client.generate();
    expect(ok, output).to.equal(true);
  });

  it('compiles in strict mode', async function () {
    this.timeout(120_000);
    expect(await client.compile()).to.equal('');
  });

  it('does not compile any more once the server names a field otherwise', async function () {
    this.timeout(120_000);
    const output = await client.compileWithout('firstName', 'givenName');
    expect(output).to.match(/^src\/client\.ts.*'firstName' does not exist/m);
  });

  it('goes through the whole journey, and renews the session once for all that wait', async function () {
    this.timeout(120_000);
    const { journey }: Journey = await import(pathToFileURL(join(client.folder, 'build/journey.js')).href);
    const tokenFor = (email: string, subject: string) => server.tokenFor(email, subject);
    expect(await journey({ url: server.url, tokenFor })).to.deep.equal({
      shortPassword: 'The password is too short. Use at least 8 characters.',
      registered: null,
      registeredAgain: 'There is an account of this address already. Sign in, or ask for a new password.',
      isVerified: true,
      verifiedAgain: 'VERIFY_USER_ALREADY_VERIFIED',
      wrongPassword: 'This address and this password do not belong together.',
      signedIn: null,
      name: 'Ada',
      newName: 'Augusta',
      listOfUsers: 'FORBIDDEN',
      reset: 204,
      afterReset: null,
      isSignedInAfterReset: false,
      notes: Array(10).fill(201),
      refreshes: 1,
      texts: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
      badNote: 'text',
      afterSignOut: null,
    });
  });

  describe('in a browser', () => {
    let browser: Browser;
    let page: Page;

    before(async function () {
      this.timeout(120_000);
      const executablePath = process.env.TEST_CHROMIUM;
      if (!executablePath) this.skip();
      browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
      page = await browser.newPage();
      await page.route('**/client/**', async (route) => {
        const path = new URL(route.request().url()).pathname.slice('/client/'.length);
        const isPage = path === '';
        const body = isPage ? PAGE : await readFile(join(client.folder, path), 'utf8');
        await route.fulfill({ body, contentType: isPage ? 'text/html' : 'text/javascript' });
      });
      await page.goto(`${server.url}/client/`);
    });

    after(() => browser?.close());

    it('renews the session once for all that wait', async function () {
      this.timeout(120_000);
      const bob = { email: 'bob@example.com', password: 'another long password' };
      await server.register(bob.email, bob.password);
      const refreshes: string[] = [];
      page.on('request', (request) => request.url().endsWith('/users/refresh') && refreshes.push(request.url()));
      await page.evaluate(`window.signIn(${JSON.stringify(bob)})`);
      await page.evaluate('window.endAccessToken()');
      expect(await page.evaluate('window.fiveTimesMe()')).to.deep.equal(Array(5).fill(bob.email));
      expect(refreshes).to.have.length(1);
    });
  });
});

const PAGE = `<!doctype html>
<script type="importmap">{ "imports": { "openapi-fetch": "/client/node_modules/openapi-fetch/dist/index.mjs" } }</script>
<script type="module">
  import { AppClient } from '/client/build/client.js';
  import { MemoryTokens } from '/client/build/tokens.js';
  const store = new MemoryTokens();
  const client = new AppClient(location.origin, { store });
  window.endAccessToken = () => store.write({ ...store.read(), access_token: 'ended' });
  window.signIn = ({ email, password }) => client.signIn(email, password);
  window.fiveTimesMe = () => Promise.all([1, 2, 3, 4, 5].map(async () => (await client.me())?.email));
</script>`;
