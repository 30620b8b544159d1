import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { oidc } from '../../../src/features/oauth/index.js';
import { forEachDriver, type TestDatabase } from '../../support/databases.js';
import { Browser } from './support/browser.js';
import { type AppOptions, type OAuthApp, SECRET, startApp, type User } from './support/oauth-app.js';
import { makeKey, ODD_CLIENT, OddProvider, sendJson } from './support/odd-provider.js';

const ACCESS = 'an access token of the provider';
const REFRESH = 'a refresh token of the provider';

describe('OAuthService.accessToken', () => {
  forEachDriver((driver) => {
    let provider: OddProvider;
    let database: TestDatabase;
    let app: OAuthApp;
    const others: OAuthApp[] = [];

    async function start(options: Partial<AppOptions> = {}): Promise<OAuthApp> {
      return startApp({
        providers: { odd: oidc({ ...ODD_CLIENT, issuer: provider.issuer }) },
        connection: database.dataSourceOptions(),
        timeoutSeconds: 2,
        ...options,
      });
    }

    /** Another process on the same database. */
    async function startOther(options: Partial<AppOptions> = {}): Promise<OAuthApp> {
      const other = await start({ synchronize: false, ...options });
      others.push(other);
      return other;
    }

    async function signIn(): Promise<User> {
      const browser = new Browser();
      const begun = await browser.visit(`${app.url}/oauth/odd/authorize`);
      const { searchParams } = new URL(String(begun.json.authorization_url));
      provider.nonce = searchParams.get('nonce') ?? '';
      await browser.visit(`${app.url}/oauth/odd/callback?code=x&state=${searchParams.get('state')}`);
      const user = await app.manager.findByEmail('ada@example.com');
      if (user === null) throw new Error(app.log.lines.join('\n'));
      return user;
    }

    const codeOf = (asked: Promise<unknown>) =>
      asked.then(
        () => null,
        (error: { code: string }) => error.code,
      );

    const refreshes = () => provider.forms.filter((form) => form.get('grant_type') === 'refresh_token');

    beforeEach(async () => {
      provider = await OddProvider.start();
      database = await driver.createDatabase();
      app = await start();
    });

    afterEach(async () => {
      for (const one of [app, ...others.splice(0)]) await one.stop();
      await provider.down();
      await database.drop();
    });

    it('gives the token that the provider gave, and null to who has no account there', async () => {
      const user = await signIn();
      expect(await app.oauth.accessToken(user, 'odd')).to.equal(ACCESS);
      expect(await app.oauth.accessToken(user, 'nowhere')).to.equal(null);
    });

    it('keeps no token in plain: not in the table, not in a log', async () => {
      await signIn();
      const stored = JSON.stringify(await app.accountRows()) + app.log.lines.join();
      expect(stored).not.to.match(/token of the provider/);
      expect(stored).to.match(/v1\./);
    });

    it('cannot read a token that was copied to another account', async () => {
      const user = await signIn();
      const rows = await app.accountRows();
      await app.manager.create({ email: 'eve@example.com' });
      expect(rows).to.have.length(1);
      await app.dataSource.query(`UPDATE oauth_account SET ${app.dataSource.driver.escape('accountId')} = 'eve'`);
      app.clock.advance(7200);
      expect(await app.oauth.accessToken(user, 'odd')).to.equal(null);
    });

    it('renews a token that is about to end, by one request for ten who ask at once in two processes', async () => {
      const user = await signIn();
      const other = await startOther();
      for (const one of [app, other]) one.clock.advance(3590);
      provider.answers.set(
        '/token',
        (_, response) =>
          void setTimeout(
            () =>
              sendJson(response, 200, {
                access_token: 'newer',
                refresh_token: 'newer too',
                token_type: 'Bearer',
                expires_in: 3600,
              }),
            300,
          ),
      );
      const asked = Array.from({ length: 10 }, (_, index) => (index % 2 ? app : other).oauth.accessToken(user, 'odd'));
      expect(new Set(await Promise.all(asked))).to.deep.equal(new Set(['newer']));
      expect(refreshes().map((form) => form.get('refresh_token'))).to.deep.equal([REFRESH]);
      for (const one of [app, other]) one.clock.advance(3590);
      await app.oauth.accessToken(user, 'odd');
      expect(refreshes()[1]?.get('refresh_token')).to.equal('newer too');
    });

    it('is null once the provider refuses, and asks it no more', async () => {
      const user = await signIn();
      app.clock.advance(3600);
      provider.answers.set('/token', (_, response) => sendJson(response, 400, { error: 'invalid_grant' }));
      expect(await app.oauth.accessToken(user, 'odd')).to.equal(null);
      expect(await app.oauth.accessToken(user, 'odd')).to.equal(null);
      expect(refreshes()).to.have.length(1);
    });

    for (const given of [{ refresh_token: 'newer too' }, {}]) {
      it(`gives the token of a sign-in while which it was refused another, ${'refresh_token' in given ? 'with' : 'without'} a new refresh token`, async () => {
        const user = await signIn();
        app.clock.advance(3600);
        let refuse = (): void => undefined;
        provider.answers.set('/token', (_, response, form) => {
          if (form.get('grant_type') === 'refresh_token') {
            refuse = () => sendJson(response, 400, { error: 'invalid_grant' });
            return;
          }
          const { refresh_token: _old, ...tokens } = provider.usualTokens();
          sendJson(response, 200, { ...tokens, ...given, access_token: 'newer' });
        });
        const asked = app.oauth.accessToken(user, 'odd');
        while (refreshes().length === 0) await sleep(5);
        await signIn();
        refuse();
        expect(await asked).to.equal('newer');
        expect(await app.oauth.accessToken(user, 'odd')).to.equal('newer');
      });
    }

    it('keeps the tokens of a sign-in that came while others were renewed', async () => {
      const user = await signIn();
      app.clock.advance(3600);
      let renew = (): void => undefined;
      provider.answers.set('/token', (_, response, form) => {
        if (form.get('grant_type') !== 'refresh_token') {
          return sendJson(response, 200, { ...provider.usualTokens(), refresh_token: 'newest too', expires_in: 61 });
        }
        renew = () => sendJson(response, 200, { access_token: 'newer', refresh_token: 'newer too', token_type: 'Bearer' });
      });
      const asked = app.oauth.accessToken(user, 'odd');
      while (refreshes().length === 0) await sleep(5);
      await signIn();
      renew();
      expect(await asked).to.equal('newer');
      provider.answers.clear();
      app.clock.advance(2);
      await app.oauth.accessToken(user, 'odd');
      expect(refreshes().map((form) => form.get('refresh_token'))).to.deep.equal([REFRESH, 'newest too']);
    });

    for (const [what, status, answer] of [
      ['refuses the app’s own secret', 401, { error: 'invalid_client' }],
      ['takes the request for a bad one', 400, { error: 'invalid_request' }],
      ['answers nothing that it should', 200, { page: 'of a gateway' }],
    ] as const) {
      it(`throws, says why in the log and keeps the tokens while the provider ${what}`, async () => {
        const user = await signIn();
        app.clock.advance(3600);
        provider.answers.set('/token', (_, response) => sendJson(response, status, answer));
        expect(await codeOf(app.oauth.accessToken(user, 'odd'))).to.equal('OAUTH_PROVIDER_ERROR');
        expect(app.log.lines.join('\n')).to.match(/did not renew a token/);
        provider.answers.clear();
        expect(await app.oauth.accessToken(user, 'odd')).to.equal(ACCESS);
      });
    }

    it('takes tokens with an ID token of a key that is new, by one request', async () => {
      provider.tokens = { expires_in: 30 };
      const user = await signIn();
      provider.key = makeKey('newer');
      provider.publishedKeys = [provider.key.jwk];
      provider.answers.set('/token', (_, response) =>
        sendJson(response, 200, { ...provider.usualTokens(), access_token: 'newer' }),
      );
      expect(await app.oauth.accessToken(user, 'odd')).to.equal('newer');
      expect(refreshes()).to.have.length(1);
    });

    it('throws where the new tokens are too long, and keeps those of before', async () => {
      const user = await signIn();
      app.clock.advance(3600);
      provider.tokens = { access_token: 'a'.repeat(100_000) };
      expect(await codeOf(app.oauth.accessToken(user, 'odd'))).to.equal('OAUTH_PROVIDER_ERROR');
      provider.tokens = {};
      expect(await app.oauth.accessToken(user, 'odd')).to.equal(ACCESS);
    });

    it('throws where the new tokens cannot be stored, and keeps those of before', async () => {
      const user = await signIn();
      app.clock.advance(3600);
      let isBlinking = false;
      app.dataSource.subscribers.push({
        beforeQuery(): void {
          if (!isBlinking) return;
          isBlinking = false;
          throw new Error('the connection was lost');
        },
      });
      provider.answers.set('/token', (_, response) => {
        isBlinking = true;
        sendJson(response, 200, { access_token: 'newer', token_type: 'Bearer', expires_in: 3600 });
      });
      expect(await codeOf(app.oauth.accessToken(user, 'odd'))).not.to.equal(null);
      provider.answers.clear();
      app.clock.advance(60);
      expect(await app.oauth.accessToken(user, 'odd')).to.equal(ACCESS);
    });

    it('throws to who waits for another process that the provider gave nothing', async () => {
      const user = await signIn();
      const other = await startOther();
      for (const one of [app, other]) one.clock.advance(3600);
      provider.answers.set('/token', (_, response) => void setTimeout(() => sendJson(response, 503, {}), 300));
      const asked = [app, other].map((one) => codeOf(one.oauth.accessToken(user, 'odd')));
      expect(await Promise.all(asked)).to.deep.equal(['OAUTH_PROVIDER_ERROR', 'OAUTH_PROVIDER_ERROR']);
      expect(refreshes()).to.have.length(1);
    });

    it('makes one request also where the provider takes nearly all the time that it has', async () => {
      const user = await signIn();
      const slow = await startOther({ timeoutSeconds: 60 });
      const later = await startOther({ timeoutSeconds: 60 });
      slow.clock.advance(3600);
      // While the first still waits, this one asks.
      later.clock.advance(3600 + 2 * 59);
      provider.answers.set(
        '/token',
        (_, response) =>
          void setTimeout(() => sendJson(response, 200, { access_token: 'newer', token_type: 'Bearer', expires_in: 7200 }), 300),
      );
      const first = slow.oauth.accessToken(user, 'odd');
      while (refreshes().length === 0) await sleep(5);
      expect(await Promise.all([first, later.oauth.accessToken(user, 'odd')])).to.deep.equal(['newer', 'newer']);
      expect(refreshes()).to.have.length(1);
    });

    it('is revoked by its refresh token, which ends both, when the account is removed', async () => {
      const user = await signIn();
      await app.manager.setPassword(user, 'correct horse battery');
      const [account] = await app.oauth.accounts(user);
      await app.oauth.unlink(user, String(account?.id));
      while (!provider.requests.includes('POST /revoke')) await sleep(5);
      expect(provider.forms.at(-1)?.get('token')).to.equal(REFRESH);
    });

    it('throws while the provider is down, and keeps the refresh token for when it is back', async () => {
      const user = await signIn();
      app.clock.advance(3500);
      expect(await app.oauth.accessToken(user, 'odd')).to.equal(ACCESS);
      app.clock.advance(100);
      await provider.down();
      expect(await codeOf(app.oauth.accessToken(user, 'odd'))).to.equal('OAUTH_PROVIDER_ERROR');
      await provider.up();
      expect(await app.oauth.accessToken(user, 'odd')).to.equal(ACCESS);
    });

    it('takes over from a process that died while it asked', async () => {
      const user = await signIn();
      app.clock.advance(3600);
      const lease = app.clock.now().getTime() + 1000;
      await app.dataSource.query(`UPDATE oauth_account SET ${app.dataSource.driver.escape('refreshLeaseUntil')} = ${lease}`);
      app.clock.advance(2);
      expect(await app.oauth.accessToken(user, 'odd')).to.equal(ACCESS);
    });

    it('keeps a refresh token that the provider does not give again', async () => {
      await signIn();
      provider.tokens = { refresh_token: undefined };
      const user = await signIn();
      provider.tokens = {};
      app.clock.advance(3600);
      expect(await app.oauth.accessToken(user, 'odd')).to.equal(ACCESS);
      expect(refreshes()).to.have.length(1);
    });

    it('reads old tokens after a rotation of the secret, and none once the old secret is gone', async () => {
      const user = await signIn();
      const newest = 'another secret of thirty-two bytes or more';
      const rotated = await startOther({ users: { secret: [newest, SECRET] } });
      expect(await rotated.oauth.accessToken(user, 'odd')).to.equal(ACCESS);
      const forgetful = await startOther({ users: { secret: newest } });
      expect(await forgetful.oauth.accessToken(user, 'odd')).to.equal(null);
    });

    it('refuses in one process the state that another spent', async () => {
      const other = await startOther({ baseUrl: app.url });
      const browser = new Browser();
      const begun = await browser.visit(`${app.url}/oauth/odd/authorize`);
      const state = new URL(String(begun.json.authorization_url)).searchParams.get('state');
      const [name = ''] = browser.cookieNames(app.url);
      browser.setCookie(other.url, name, String(browser.cookie(app.url, name)));
      const query = `/oauth/odd/callback?error=access_denied&state=${state}`;
      const pages = await Promise.all([browser.visit(`${app.url}${query}`), browser.visit(`${other.url}${query}`)]);
      expect(pages.map(({ json }) => json.code).sort()).to.deep.equal(['OAUTH_ACCESS_DENIED', 'OAUTH_INVALID_STATE']);
    });
  });
});
