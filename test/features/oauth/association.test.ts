import { expect } from 'chai';
import { oidc } from '../../../src/features/oauth/index.js';
import type { Feature } from '../../../src/index.js';
import { Browser, type Page } from './support/browser.js';
import {
  accountsOf,
  askForAccount,
  associate,
  bearer,
  fromProvider,
  logIn,
  logInByCookie,
  makeUser,
  meanwhile,
  PASSWORD,
  signIn,
  whoIs,
} from './support/journey.js';
import type { AppOptions, OAuthApp, User } from './support/oauth-app.js';
import { Stage } from './support/stage.js';

describe('the accounts of a user', () => {
  let stage: Stage;
  let app: OAuthApp;
  let browser: Browser;
  /** The answer of a login with a password. */
  let login: Page;

  async function start(options: Partial<AppOptions> = {}): Promise<void> {
    app = await stage.start(options);
    await makeUser(app, 'grace@example.com', { isVerified: true });
    login = await logIn(app, browser, 'grace@example.com');
  }

  beforeEach(async () => {
    stage = await Stage.open();
    browser = stage.browser;
  });
  afterEach(() => stage.close());

  const remove = (by: Page, id: unknown) =>
    browser.visit(`${app.url}/oauth/accounts/${id}`, { method: 'DELETE', headers: bearer(by) });

  describe('POST /oauth/:provider/associate', () => {
    it('adds the account, whatever its address, and answers the user with his accounts', async () => {
      await start();
      const page = await associate(app, browser, login);
      expect(page.status).to.equal(200);
      expect(page.json).to.include({ email: 'grace@example.com', isVerified: true });
      const [account] = page.json.oauthAccounts as Record<string, unknown>[];
      expect(account).to.include({ provider: 'oidc', accountId: 'ada', email: 'ada@example.com' });
      expect(Object.keys(account ?? {})).to.have.members(['id', 'provider', 'accountId', 'email']);
      expect(await whoIs(app, browser, await signIn(app, new Browser()))).to.include({ email: 'grace@example.com' });
      const added = app.events.find(({ kind }) => kind === 'sign-in-method-added');
      expect(added?.details).to.deep.equal({ provider: 'oidc' });
    });

    it('adds one’s own account again', async () => {
      await start();
      await associate(app, browser, login);
      expect((await associate(app, browser, login)).status).to.equal(200);
      expect(await app.accountRows()).to.have.length(1);
    });

    it('answers OAUTH_ACCOUNT_TAKEN for an account of another user', async () => {
      await start();
      await signIn(app, new Browser());
      const page = await associate(app, browser, login);
      expect([page.status, page.json.code]).to.deep.equal([400, 'OAUTH_ACCOUNT_TAKEN']);
    });

    it('sends to returnTo, from the body or the query', async () => {
      await start();
      for (const [body, query] of [
        [{ returnTo: '/settings' }, ''],
        [{}, '?returnTo=/settings'],
      ] as const) {
        const begun = await browser.visit(`${app.url}/oauth/oidc/associate${query}`, { json: body, headers: bearer(login) });
        const page = await browser.visit(await fromProvider(app, browser, begun));
        expect([page.status, page.location]).to.deep.equal([302, `${app.url}/settings`]);
      }
    });

    it('answers 303 where the client asks for HTML, also to a form', async () => {
      await start();
      const page = await browser.visit(`${app.url}/oauth/oidc/associate`, {
        form: { returnTo: '/settings' },
        headers: { ...bearer(login), accept: 'text/html' },
      });
      expect([page.status, page.location?.startsWith(stage.provider.issuer)]).to.deep.equal([303, true]);
    });

    it('is not there as a GET, which a link on a foreign page could be', async () => {
      await start();
      expect((await browser.visit(`${app.url}/oauth/oidc/associate`, { headers: bearer(login) })).status).to.equal(404);
    });

    it('refuses whoever is not signed in, is not fresh, names no provider, or no address of the app', async () => {
      await start();
      expect((await browser.visit(`${app.url}/oauth/oidc/associate`, { method: 'POST' })).status).to.equal(401);
      expect((await askForAccount(app, browser, login, {}, 'nowhere')).status).to.equal(404);
      expect((await askForAccount(app, browser, login, { returnTo: 'https://evil.example' })).json.code).to.equal(
        'OAUTH_BAD_RETURN_TO',
      );
      app.clock.advance(301);
      const page = await askForAccount(app, browser, login);
      expect([page.status, page.json.code]).to.deep.equal([403, 'REAUTHENTICATION_REQUIRED']);
    });

    it('counts before it asks who the caller is, and from where', async () => {
      await start({ users: { rateLimits: { oauth: { points: 2, durationSeconds: 60 } } } });
      const ask = (headers: Record<string, string>) =>
        browser.visit(`${app.url}/oauth/oidc/associate`, { method: 'POST', headers });
      const statuses: number[] = [];
      for (const headers of [{}, bearer(login), {}, bearer(login)]) statuses.push((await ask(headers)).status);
      await logInByCookie(app, browser, 'grace@example.com');
      statuses.push((await ask({ 'sec-fetch-site': 'cross-site' })).status);
      expect(statuses).to.deep.equal([401, 200, 429, 429, 429]);
    });

    it('refuses a page of another site that has the browser’s cookie', async () => {
      await start();
      await logInByCookie(app, browser, 'grace@example.com');
      const page = await browser.visit(`${app.url}/oauth/oidc/associate`, {
        form: {},
        headers: { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
      });
      expect([page.status, page.json.code]).to.deep.equal([403, 'CSRF_REJECTED']);
    });
  });

  describe('POST /oauth/:provider/associate with a bearer token', () => {
    const ask = (headers: Record<string, string>) =>
      browser.visit(`${app.url}/oauth/oidc/associate`, { json: {}, headers: { ...bearer(login), ...headers } });

    it('gives a page of another site no cookie of the flow', async () => {
      await start();
      const page = await ask({ 'sec-fetch-site': 'same-site', origin: 'https://blog.example' });
      expect([page.status, page.json.code]).to.deep.equal([403, 'CSRF_REJECTED']);
      expect(page.headers.getSetCookie()).to.have.length(0);
    });

    it('is open to the app’s own pages, and to those that may be returned to', async () => {
      await start({ trustedOrigins: ['https://spa.example'] });
      expect((await ask({ 'sec-fetch-site': 'same-origin', origin: app.url })).status).to.equal(200);
      expect((await ask({ 'sec-fetch-site': 'same-site', origin: 'https://spa.example' })).status).to.equal(200);
    });
  });

  describe('the callback of an association', () => {
    let address: string;
    const answer = async () => (await browser.visit(address)).json.code;

    beforeEach(async () => {
      await start();
      address = await fromProvider(app, browser, await askForAccount(app, browser, login));
    });

    it('is OAUTH_INVALID_STATE with the session of another user, before the code is spent', async () => {
      await makeUser(app, 'mallory@example.com');
      await logInByCookie(app, browser, 'mallory@example.com');
      expect(await answer()).to.equal('OAUTH_INVALID_STATE');
      expect(stage.provider.requests).not.to.include('POST /token');
    });

    it('goes to the user who began it, with his own session along', async () => {
      await logInByCookie(app, browser, 'grace@example.com');
      expect((await browser.visit(address)).json.email).to.equal('grace@example.com');
    });

    it('is OAUTH_INVALID_STATE once the session that began it is over', async () => {
      await browser.visit(`${app.url}/users/logout`, { method: 'POST', headers: bearer(login) });
      expect(await answer()).to.equal('OAUTH_INVALID_STATE');
    });

    it('is OAUTH_INVALID_STATE once the user has another password, is inactive, or gone', async () => {
      const user = await app.manager.findByEmail('grace@example.com');
      if (user === null) throw new Error('Grace is gone');
      await app.manager.delete(user);
      expect(await answer()).to.equal('OAUTH_INVALID_STATE');
      expect(await app.accountRows()).to.have.length(0);
    });

    it('is OAUTH_INVALID_STATE where he has another password while the provider is asked', async () => {
      const grace = await app.manager.findByEmail('grace@example.com');
      if (grace === null) throw new Error('there is no Grace');
      meanwhile(app, /^INSERT .*spent_oauth_ticket/s, () => app.manager.setPassword(grace, 'another horse battery'));
      expect(await answer()).to.equal('OAUTH_INVALID_STATE');
      expect(await app.accountRows()).to.have.length(0);
    });

    it('is OAUTH_INVALID_STATE where the session that began it ends while the provider is asked', async () => {
      const grace = await app.manager.findByEmail('grace@example.com');
      if (grace === null) throw new Error('there is no Grace');
      meanwhile(app, /^INSERT .*spent_oauth_ticket/s, () => app.manager.endSessions(grace));
      expect(await answer()).to.equal('OAUTH_INVALID_STATE');
      expect(await app.accountRows()).to.have.length(0);
    });

    it('is OAUTH_INVALID_STATE in another browser', async () => {
      expect((await new Browser().visit(address)).json.code).to.equal('OAUTH_INVALID_STATE');
    });
  });

  describe('GET /oauth/accounts', () => {
    it('lists the own ones, and no token', async () => {
      await start();
      await associate(app, browser, login);
      await signIn(app, new Browser());
      const items = await accountsOf(app, browser, login);
      expect(items.map(({ accountId }) => accountId)).to.deep.equal(['ada']);
      expect((await browser.visit(`${app.url}/oauth/accounts`)).status).to.equal(401);
    });
  });

  describe('DELETE /oauth/accounts/:id', () => {
    it('removes the account, ends other sessions, and tells the provider', async () => {
      await start();
      await associate(app, browser, login);
      const elsewhere = await signIn(app, new Browser());
      const [account] = await accountsOf(app, browser, login);
      const page = await remove(login, account?.id);
      expect(page.status).to.equal(204);
      expect(await accountsOf(app, browser, login)).to.deep.equal([]);
      expect((await whoIs(app, browser, elsewhere)).status).to.equal(401);
      const removed = app.events.find(({ kind }) => kind === 'sign-in-method-removed');
      expect(removed?.details).to.deep.equal({ provider: 'oidc' });
      await app.users.close();
      expect(stage.provider.requests).to.include('POST /token/revocation');
    });

    it('ends a sign-in by it that is all but done', async () => {
      await start();
      await associate(app, browser, login);
      const elsewhere = new Browser();
      const { location } = await signIn(app, elsewhere, '?returnTo=/welcome');
      const [account] = await accountsOf(app, browser, login);
      await remove(login, account?.id);
      const code = new URL(String(location)).searchParams.get('code');
      const page = await elsewhere.visit(`${app.url}/oauth/exchange`, { json: { code } });
      expect([page.status, page.json.code]).to.deep.equal([400, 'OAUTH_INVALID_STATE']);
      expect(await whoIs(app, browser, login)).to.include({ email: 'grace@example.com' });
    });

    it('answers 404 for another’s, an unknown and no id, and 401 or 403 before (better-auth GHSA-86j7-9j95-vpqj)', async () => {
      await start();
      const ada = await signIn(app, new Browser());
      const [account] = await accountsOf(app, browser, ada);
      for (const id of [account?.id, '0199a2f0-0000-7000-8000-000000000000', 'x', "'", '%00']) {
        expect((await remove(login, id)).status, String(id)).to.equal(404);
      }
      expect((await browser.visit(`${app.url}/oauth/accounts/${account?.id}`, { method: 'DELETE' })).status).to.equal(401);
      app.clock.advance(301);
      expect((await remove(login, account?.id)).json.code).to.equal('REAUTHENTICATION_REQUIRED');
    });

    it('answers OAUTH_LAST_SIGN_IN_METHOD to who could not sign in any more', async () => {
      await start();
      const ada = await signIn(app, new Browser());
      const [account] = await accountsOf(app, browser, ada);
      const page = await remove(ada, account?.id);
      expect([page.status, page.json.code]).to.deep.equal([400, 'OAUTH_LAST_SIGN_IN_METHOD']);
      await browser.visit(`${app.url}/users/me`, { method: 'PATCH', json: { password: PASSWORD }, headers: bearer(ada) });
      expect((await remove(ada, account?.id)).status).to.equal(204);
    });
  });

  describe('the first proof of a mailbox', () => {
    it('drops the accounts that were attached before, and verifying drops none (better-auth GHSA-g38m-r43w-p2q7; supertokens)', async () => {
      await start();
      stage.provider.person = { sub: 'mallory', email: 'vera@example.com', email_verified: false };
      const page = await signIn(app, new Browser());
      expect((await whoIs(app, browser, page)).isVerified).to.equal(false);
      await app.manager.resetPassword(await app.resetTokenOf('vera@example.com'), 'another horse battery');
      expect(await app.accountRows()).to.have.length(0);
      expect(app.events.map(({ kind }) => kind)).to.include('sign-in-method-removed');
      expect((await signIn(app, new Browser())).json.code).to.equal('OAUTH_USER_ALREADY_EXISTS');
    });
  });

  it('are recorded by a feature that keeps events, in the transactions that add, remove and drop them', async () => {
    const recorded: unknown[] = [];
    const record: Feature<User> = {
      name: 'record',
      setUp: () => ({
        async onSecurityEvent({ kind, details }, manager) {
          if (kind.startsWith('sign-in-method'))
            recorded.push([kind, details?.provider, manager?.queryRunner?.isTransactionActive]);
        },
      }),
    };
    await start({ features: [record] });
    await associate(app, browser, login);
    const [account] = await accountsOf(app, browser, login);
    await remove(login, account?.id);
    stage.provider.person = { sub: 'mallory', email: 'vera@example.com', email_verified: false };
    await signIn(app, new Browser());
    await app.manager.resetPassword(await app.resetTokenOf('vera@example.com'), 'another horse battery');
    expect(recorded).to.deep.equal([
      ['sign-in-method-added', 'oidc', true],
      ['sign-in-method-removed', 'oidc', true],
      ['sign-in-method-removed', 'oidc', true],
    ]);
  });

  it('go with the user', async () => {
    await start();
    const ada = await signIn(app, new Browser());
    const page = await browser.visit(`${app.url}/users/me`, { method: 'DELETE', headers: bearer(ada) });
    expect(page.status).to.equal(204);
    expect(await app.accountRows()).to.have.length(0);
    await app.users.close();
    expect(stage.provider.requests).to.include('POST /token/revocation');
  });

  it('may be of several providers', async () => {
    await start({ providers: { oidc: oidc(stage.client), other: oidc(stage.client) } });
    const ada = await signIn(app, new Browser());
    const other = await associate(app, new Browser(), ada, 'other');
    expect(other.json.oauthAccounts).to.have.length(2);
    const [first, second] = await accountsOf(app, browser, ada);
    expect((await remove(ada, first?.id)).status).to.equal(204);
    expect((await remove(ada, second?.id)).json.code).to.equal('OAUTH_LAST_SIGN_IN_METHOD');
  });

  it('leave one of the last two when both are removed at once', async () => {
    await start({ providers: { oidc: oidc(stage.client), other: oidc(stage.client) } });
    const ada = await signIn(app, new Browser());
    await associate(app, new Browser(), ada, 'other');
    const ids = (await accountsOf(app, browser, ada)).map(({ id }) => id);
    const pages = await Promise.all(ids.map((id) => remove(ada, id)));
    expect(pages.map(({ status }) => status).sort()).to.deep.equal([204, 400]);
  });
});
