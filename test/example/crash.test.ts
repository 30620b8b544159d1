import { expect } from 'chai';
import { forEachDriver } from '../support/databases.js';
import { ExampleServer, eventually } from './example-server.js';

const password = 'analytical engine';
const sue = { email: 'sue@example.com', password: 'a superuser of old' };

describe('the example, killed while people register and sign in', () => {
  forEachDriver((driver) => {
    // The others are killed in test/authentication, with more people at once.
    if (driver.name !== 'better-sqlite3' && driver.name !== 'mariadb') return;

    it('has every account and every session that it has answered for', async function () {
      // Hashing is all the work, and slow on purpose.
      this.timeout(90_000);
      const database = await driver.createDatabase();
      const server = await ExampleServer.start({
        DATABASE_URL: database.url,
        RATE_LIMIT: 'off',
        SUPERUSER_EMAIL: sue.email,
        SUPERUSER_PASSWORD: sue.password,
      });
      const registered: string[] = [];
      const tokens: string[] = [];
      const goOn = async (person: number): Promise<void> => {
        for (let turn = 0; ; turn++) {
          const email = `person-${person}-${turn}@example.com`;
          if ((await server.register(email, password)).status === 201) registered.push(email);
          tokens.push(await server.signIn(email, password));
        }
      };
      // Each ends by the connection that breaks.
      const people = Promise.allSettled([0, 1, 2].map(goOn));
      await eventually(async () => registered.length >= 3 && tokens.length >= 2, 45_000);
      await server.stop('SIGKILL');
      await people;

      await server.start();
      const superuser = await server.signIn(sue.email, sue.password);
      const { body } = await server.ask('GET', '/users?limit=100', { token: superuser });
      const known = Array.isArray(body.items) ? body.items.map(({ email }) => email) : [];
      expect(known).to.include.members(registered);
      for (const token of tokens) expect((await server.ask('GET', '/users/me', { token })).status).to.equal(200);
      await server.remove();
      await database.drop();
    });
  });
});
