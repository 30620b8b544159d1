import { expect } from 'chai';
import { forEachDriver, type TestDatabase } from '../../support/databases.js';
import { Browser } from './support/browser.js';
import { accountsOf, signIn, toCallback, whoIs } from './support/journey.js';
import type { OAuthApp } from './support/oauth-app.js';
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

    it('lets one of two win who use one callback at once', async () => {
      const address = await toCallback(app, browser);
      const pages = await Promise.all([browser.visit(address), browser.visit(address)]);
      expect(pages.map(({ status }) => status).sort()).to.deep.equal([200, 400]);
      expect(pages.find(({ status }) => status === 400)?.json.code).to.equal('OAUTH_INVALID_STATE');
    });
  });
});
