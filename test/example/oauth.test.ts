import { expect } from 'chai';
import { Browser } from '../features/oauth/support/browser.js';
import { CLIENT, type RealProvider, startProvider } from '../features/oauth/support/real-provider.js';
import { ExampleServer } from './example-server.js';

describe('the example with an OpenID Connect provider', () => {
  const redirects: string[] = [];
  let provider: RealProvider;
  let server: ExampleServer;

  async function start(environment: Record<string, string> = {}): Promise<void> {
    server = await ExampleServer.start({
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: CLIENT.clientId,
      OIDC_CLIENT_SECRET: CLIENT.clientSecret,
      ...environment,
    });
    redirects.splice(0, redirects.length, `${server.url}/oauth/oidc/callback`);
  }

  beforeEach(async () => {
    provider = await startProvider(redirects);
  });

  afterEach(async () => {
    await server.remove();
    await provider.stop();
  });

  it('signs in by it, with a bearer token or a cookie', async () => {
    await start();
    const browser = new Browser();
    const begun = await browser.visit(`${server.url}/oauth/oidc/authorize`);
    const page = await browser.follow(String(begun.json.authorization_url));
    expect(page.json).to.include.keys('access_token', 'refresh_token');
    const headers = { authorization: `Bearer ${page.json.access_token}` };
    const me = await browser.visit(`${server.url}/users/me`, { headers });
    expect(me.json).to.include({ email: 'ada@example.com', isVerified: true, hasPassword: false, firstName: 'Ada' });
    const byCookie = await browser.visit(`${server.url}/oauth/oidc/authorize?backend=cookie&returnTo=/`);
    const back = await browser.follow(String(byCookie.json.authorization_url));
    expect(back.url).to.equal(`${server.url}/`);
    expect((await browser.visit(`${server.url}/oauth/accounts`)).json.items).to.have.length(1);
  });

  it('mails a link to who comes with an address that the provider has not verified', async () => {
    await start({ REQUIRE_VERIFICATION: 'on' });
    provider.person = { sub: 'ben', email: 'ben@example.com', email_verified: false };
    const browser = new Browser();
    const begun = await browser.visit(`${server.url}/oauth/oidc/authorize`);
    expect((await browser.follow(String(begun.json.authorization_url))).json.code).to.equal('LOGIN_USER_NOT_VERIFIED');
    const token = await server.tokenFor('ben@example.com', 'Verify your address');
    expect((await server.ask('POST', '/users/verify', { body: { token } })).status).to.equal(200);
  });

  it('takes who has the address already for the same person with ASSOCIATE_BY_EMAIL=on', async () => {
    await start({ ASSOCIATE_BY_EMAIL: 'on', SUPERUSER_EMAIL: 'ada@example.com', SUPERUSER_PASSWORD: 'analytical engine' });
    const browser = new Browser();
    const begun = await browser.visit(`${server.url}/oauth/oidc/authorize`);
    const page = await browser.follow(String(begun.json.authorization_url));
    expect(page.status).to.equal(200);
  });

  it('starts while it is down, and answers 502', async () => {
    await provider.stop();
    await start();
    const page = await new Browser().visit(`${server.url}/oauth/oidc/authorize`);
    expect([page.status, page.json.code]).to.deep.equal([502, 'OAUTH_PROVIDER_ERROR']);
    await provider.restart();
    expect((await new Browser().visit(`${server.url}/oauth/oidc/authorize`)).status).to.equal(200);
  });
});

describe('the example without a provider', () => {
  it('knows none, and lists no accounts', async () => {
    const server = await ExampleServer.start();
    const browser = new Browser();
    expect((await browser.visit(`${server.url}/oauth/oidc/authorize`)).status).to.equal(404);
    expect((await browser.visit(`${server.url}/oauth/accounts`)).status).to.equal(401);
    await server.remove();
  });

  it('ends with one line at an issuer over plain http', async () => {
    const server = await ExampleServer.make({ OIDC_ISSUER: 'http://id.example', OIDC_CLIENT_ID: 'app' });
    const { code, output } = await server.exit();
    await server.remove();
    expect(code).to.equal(1);
    expect(output.trim()).to.match(/^OIDC_ISSUER must begin with https[^\n]*$/);
  });
});
