import { expect } from 'chai';
import type { UserChanges } from '../../../src/index.js';
import { forEachDriver, type TestDatabase } from '../../support/databases.js';
import { Browser, type Page } from './support/browser.js';
import {
  accountsOf,
  askForAccount,
  associate,
  bearer,
  fromProvider,
  logIn,
  makeUser,
  meanwhile,
  signIn,
  toCallback,
  whoIs,
} from './support/journey.js';
import type { OAuthApp, User } from './support/oauth-app.js';
import { Stage } from './support/stage.js';

describe('accounts at providers', () => {
  forEachDriver((driver) => {
    let database: TestDatabase;
    let stage: Stage;
    let app: OAuthApp;
    let browser: Browser;

    beforeEach(async () => {
      database = await driver.createDatabase();
      stage = await Stage.open();
      app = await stage.start({ connection: database.dataSourceOptions() });
      browser = stage.browser;
    });

    afterEach(async () => {
      await stage.close();
      await database.drop();
    });

    it('makes a user at the first time and finds him at the second', async () => {
      const first = await signIn(app, browser);
      expect(first.status).to.equal(200);
      const me = await whoIs(app, browser, first);
      expect(me).to.include({ email: 'ada@example.com', isVerified: true, hasPassword: false, firstName: 'Ada' });
      const second = await signIn(app, new Browser());
      expect((await whoIs(app, browser, second)).id).to.equal(me.id);
      expect(await accountsOf(app, browser, second)).to.have.length(1);
    });

    it('finds the user by the subject, whatever the address is by now', async () => {
      const first = await whoIs(app, browser, await signIn(app, browser));
      stage.provider.person = { sub: 'ada', email: 'lovelace@example.com', email_verified: true };
      const page = await signIn(app, new Browser());
      expect(await whoIs(app, browser, page)).to.include({ id: first.id, email: 'ada@example.com' });
      expect((await accountsOf(app, browser, page))[0]).to.include({ accountId: 'ada', email: 'lovelace@example.com' });
    });

    it('takes subjects that differ in case for two people', async () => {
      const first = await whoIs(app, browser, await signIn(app, browser));
      stage.provider.person = { sub: 'ADA', email: 'other@example.com', email_verified: true };
      expect((await whoIs(app, browser, await signIn(app, new Browser()))).id).not.to.equal(first.id);
    });

    it('signs the same new person in who comes in two tabs at once, as one user', async () => {
      const other = new Browser();
      const addresses = [await toCallback(app, browser), await toCallback(app, other)] as const;
      const pages = await Promise.all([browser.visit(addresses[0]), other.visit(addresses[1])]);
      expect(pages.map(({ status }) => status)).to.deep.equal([200, 200]);
      const people = await Promise.all(pages.map((page) => whoIs(app, browser, page)));
      expect(people[0]?.id).to.equal(people[1]?.id);
    });

    it('signs him in as that user too where he is made between the two look-ups of the other tab', async () => {
      const other = new Browser();
      const addresses = [await toCallback(app, browser), await toCallback(app, other)] as const;
      let first: Page | undefined;
      meanwhile(app, /^SELECT .*oauth_account/s, async () => {
        first = await other.visit(addresses[1]);
      });
      const second = await browser.visit(addresses[0]);
      expect([first?.status, second.status]).to.deep.equal([200, 200]);
      expect(app.events.filter(({ kind }) => kind === 'registered')).to.have.length(1);
    });

    it('lets one of two win who use one callback at once', async () => {
      const address = await toCallback(app, browser);
      const pages = await Promise.all([browser.visit(address), browser.visit(address)]);
      expect(pages.map(({ status }) => status).sort()).to.deep.equal([200, 400]);
      expect(pages.find(({ status }) => status === 400)?.json.code).to.equal('OAUTH_INVALID_STATE');
    });

    it('leave one of the last two when both are removed at once', async () => {
      const first = await signIn(app, browser);
      stage.provider.person = { sub: 'ada too', email: 'ada@example.com', email_verified: true };
      await associate(app, new Browser(), first);
      const ids = (await accountsOf(app, browser, first)).map(({ id }) => id);
      const pages = await Promise.all(
        ids.map((id) => browser.visit(`${app.url}/oauth/accounts/${id}`, { method: 'DELETE', headers: bearer(first) })),
      );
      expect(pages.map(({ status }) => status).sort()).to.deep.equal([204, 400]);
      expect(await accountsOf(app, browser, first)).to.have.length(1);
    });

    it('are no way to sign in where the app does not have their provider any more', async () => {
      const first = await signIn(app, browser);
      stage.provider.person = { sub: 'ada too', email: 'ada@example.com', email_verified: true };
      await associate(app, new Browser(), first);
      const [account] = await accountsOf(app, browser, first);
      const without = await stage.start({ connection: database.dataSourceOptions(), synchronize: false, providers: {} });
      const page = await browser.visit(`${without.url}/oauth/accounts/${account?.id}`, {
        method: 'DELETE',
        headers: bearer(first),
      });
      expect([page.status, page.json.code]).to.deep.equal([400, 'OAUTH_LAST_SIGN_IN_METHOD']);
    });

    describe('of an address that somebody has who changes between the look-up and the link', () => {
      let linking: OAuthApp;
      let owner: User;

      /** A sign-in by the owner's address, while he changes. */
      async function signInWhile(changes: UserChanges): Promise<Page> {
        const address = await toCallback(linking, browser);
        meanwhile(linking, /^SELECT (?!.*oauth_account).*users/s, () => linking.manager.update(owner, changes));
        return browser.visit(address);
      }

      beforeEach(async () => {
        const connection = database.dataSourceOptions();
        linking = await stage.start({ connection, synchronize: false, associateByEmail: true });
        owner = await makeUser(linking, 'ada@example.com', { isVerified: true });
      });

      it('are not linked where it is not verified any more, or he is not active', async () => {
        expect((await signInWhile({ isVerified: false })).json.code).to.equal('OAUTH_USER_ALREADY_EXISTS');
        await linking.manager.update(owner, { isVerified: true });
        expect((await signInWhile({ isActive: false })).json.code).to.equal('LOGIN_BAD_CREDENTIALS');
        expect(await linking.accountRows()).to.have.length(0);
      });

      it('are another user’s where it is not his any more', async () => {
        const page = await signInWhile({ email: 'moved@example.com' });
        expect((await whoIs(linking, browser, page)).id)
          .to.be.a('string')
          .that.is.not.equal(owner.id);
      });
    });

    it('go to one of two users who add the same one at once', async () => {
      const users = ['grace@example.com', 'vera@example.com'];
      const addresses = await Promise.all(
        users.map(async (email) => {
          await makeUser(app, email);
          const own = new Browser();
          const address = await fromProvider(app, own, await askForAccount(app, own, await logIn(app, own, email)));
          return { own, address };
        }),
      );
      const pages = await Promise.all(addresses.map(({ own, address }) => own.visit(address)));
      expect(pages.map(({ status }) => status).sort()).to.deep.equal([200, 400]);
      expect(pages.find(({ status }) => status === 400)?.json.code).to.equal('OAUTH_ACCOUNT_TAKEN');
    });

    describe('that the owner of the mailbox drops by a reset, while a stranger signs in by one', () => {
      /** Resets once a statement on the table of accounts is through, and before the next one. */
      async function resetAfter(statement: RegExp): Promise<void> {
        const token = await app.resetTokenOf('vera@example.com');
        meanwhile(app, statement, () => app.manager.resetPassword(token, 'another horse battery'));
      }

      beforeEach(async () => {
        stage.provider.person = { sub: 'mallory', email: 'vera@example.com', email_verified: false };
        await signIn(app, browser);
      });

      it('are refused to him once he was found', async () => {
        const address = await toCallback(app, browser);
        await resetAfter(/^SELECT (?!.*oauth_account).*users/s);
        const page = await browser.visit(address);
        expect([page.status, page.json.code]).to.deep.equal([400, 'OAUTH_INVALID_STATE']);
        expect(await app.accountRows()).to.have.length(0);
      });

      it('give him no session that lasts once his account was renewed', async () => {
        const address = await toCallback(app, browser);
        await resetAfter(/^UPDATE .*oauth_account/s);
        const page = await browser.visit(address);
        expect((await whoIs(app, browser, page)).code).to.equal('UNAUTHORIZED');
        expect(await app.accountRows()).to.have.length(0);
      });
    });

    it('are dropped with the first proof of the mailbox, and with the user', async () => {
      stage.provider.person = { sub: 'mallory', email: 'vera@example.com', email_verified: false };
      await signIn(app, browser);
      await app.manager.resetPassword(await app.resetTokenOf('vera@example.com'), 'another horse battery');
      expect(await app.accountRows()).to.have.length(0);
      stage.provider.person = { sub: 'ada', email: 'ada@example.com', email_verified: true };
      const ada = await signIn(app, new Browser());
      await browser.visit(`${app.url}/users/me`, { method: 'DELETE', headers: bearer(ada) });
      expect(await app.accountRows()).to.have.length(0);
    });
  });
});
