import { expect } from 'chai';
import { forEachDriver, type TestDatabase } from '../support/databases.js';
import { ExampleServer } from './example-server.js';

const ada = { email: 'ada@example.com', password: 'analytical engine' };

describe('two processes of the example on one database', () => {
  forEachDriver((driver) => {
    let database: TestDatabase;
    let one: ExampleServer;
    let other: ExampleServer;

    before(async () => {
      database = await driver.createDatabase();
      const environment = { DATABASE_URL: database.url, SECRET: 'a secret of thirty-two bytes or a few more' };
      [one, other] = await Promise.all([ExampleServer.make(environment), ExampleServer.make(environment)]);
      await Promise.all([one.start(), other.start()]);
    });

    after(async () => {
      await Promise.all([one.remove(), other.remove()]);
      await database.drop();
    });

    it('start at once on an empty one, of which one makes the tables', async () => {
      expect((await one.register(ada.email, ada.password)).status).to.equal(201);
      expect((await other.register(ada.email, ada.password)).status).to.equal(400);
    });

    it('take the sessions of each other, and their ends at the next request', async () => {
      const token = await one.signIn(ada.email, ada.password);
      expect((await other.ask('GET', '/users/me', { token })).status).to.equal(200);
      expect((await one.ask('POST', '/users/logout', { token })).status).to.equal(204);
      expect((await other.ask('GET', '/users/me', { token })).status).to.equal(401);
    });
  });
});
