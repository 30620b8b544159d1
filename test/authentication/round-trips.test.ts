import { expect } from 'chai';
import type { Logger } from 'typeorm';
import { forEachDriver } from '../support/databases.js';
import { UsersApp } from '../support/users-app.js';

/** Counts what TypeORM is told of: every query of the app, and the library's own. */
class QueryCounter implements Logger {
  readonly queries: string[] = [];

  logQuery(query: string): void {
    this.queries.push(query);
  }
  logQueryError(): void {}
  logQuerySlow(): void {}
  logSchemaBuild(): void {}
  logMigration(): void {}
  log(): void {}
}

describe('authenticating a request', () => {
  forEachDriver((driver) => {
    const counter = new QueryCounter();
    let app: UsersApp;
    before(async () => {
      app = await UsersApp.start(driver, { connection: { logger: counter, logging: true } });
    });
    after(() => app.close());

    it('costs one round trip, whoever asks for the user', async () => {
      const token = await app.tokenOf(await app.add('ada'));
      // SQLite is told at the second request where it found the rows at the first.
      for (let request = 0; request < 2; request += 1) {
        counter.queries.length = 0;
        expect((await app.http.get('/users/me', { token })).status).to.equal(200);
        expect(counter.queries).to.have.length(1);
        expect(counter.queries[0]).to.match(/^SELECT .* INNER JOIN /);
      }
    });

    it('costs none where no token comes, or one that no key signed', async () => {
      counter.queries.length = 0;
      for (const token of [undefined, 'x', 'a.b.c']) expect((await app.http.get('/users/me', { token })).status).to.equal(401);
      expect(counter.queries).to.deep.equal([]);
    });
  });
});
