import { expect } from 'chai';
import { explain } from '../database/query-plan.js';
import { type Driver, drivers } from '../support/databases.js';
import { QueryLog } from '../support/query-log.js';
import { emailOf, UsersApp } from '../support/users-app.js';

const NAMES = ['ada', 'ada.l', 'ada-l', 'ada_l', 'adam', 'ann', 'anna', 'ånn', 'añn', 'eva', 'éva', 'evb', 'zoe'];
const STARTS = ['a', 'ada', 'ada.', 'ada-', 'ada_', 'ada@', 'an', 'ann', 'ann@', 'añ', 'e', 'eva', 'é', 'z', emailOf('zoe')];

/** As PostgreSQL makes databases where the system or the provider has a language. */
const LANGUAGES = {
  'by ICU': "LOCALE_PROVIDER icu ICU_LOCALE 'en-US' TEMPLATE template0",
  'by code point': "LOCALE 'C.UTF-8' TEMPLATE template0",
};

describe('GET /users?search= on a PostgreSQL that sorts', () => {
  const [postgres] = drivers.filter(({ name, available }) => name === 'postgres' && available);
  if (postgres === undefined) return;

  for (const [language, clauses] of Object.entries(LANGUAGES)) {
    describe(language, () => {
      const driver: Driver = { ...postgres, createDatabase: () => postgres.createDatabase(clauses) };
      const log = new QueryLog();
      let app: UsersApp;

      before(async () => {
        // So few rows are read from end to end unless the planner is told otherwise.
        const extra = { options: '-c enable_seqscan=off' };
        app = await UsersApp.start(driver, { connection: { logger: log, extra } });
        for (const name of NAMES) await app.users.manager.create({ email: emailOf(name), password: null });
      });
      after(() => app.close());

      const search = async (start: string) => {
        const { items } = await app.users.manager.list({ search: start, limit: 100 });
        return items.map(({ email }) => email);
      };

      it('finds all whose address begins so, and nobody else', async () => {
        for (const start of STARTS) {
          const expected = NAMES.map(emailOf).filter((email) => email.startsWith(start));
          expect(await search(start), start).to.have.members(expected);
        }
      });

      it('finds them by an index that is sorted so', async () => {
        if (language === 'by ICU') await app.dataSource.query('CREATE INDEX people_search ON people (email COLLATE "C")');
        const queries = await log.during(() => search('ada'));
        const plan = await explain(app.dataSource, queries.slice(-1));
        expect(plan.scans, plan.text).to.deep.equal([]);
        if (language === 'by ICU') expect(plan.text).to.contain('people_search');
      });
    });
  }
});
