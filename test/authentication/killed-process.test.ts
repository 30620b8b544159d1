import { expect } from 'chai';
import { AppProcess } from '../support/app-process.js';
import { forEachDriver, type TestDatabase } from '../support/databases.js';
import { emailOf, PASSWORD, type SignedIn, signedInBy } from '../support/sign-in-client.js';

const COUNT = 200;

describe('a process that is killed in the middle of registrations and logins', () => {
  forEachDriver((driver) => {
    if (driver.name !== 'better-sqlite3' && driver.name !== 'postgres') return;

    let database: TestDatabase;

    beforeEach(async () => {
      database = await driver.createDatabase();
    });

    afterEach(() => database.drop());

    it('has kept whatever it answered', async () => {
      const settings = { database: database.dataSourceOptions(), synchronize: true };
      const first = await AppProcess.start(settings);
      const registered = new Set<string>();
      const signedIn: SignedIn[] = [];

      async function join(name: string): Promise<void> {
        const { status } = await first.http.post('/users/register', { email: emailOf(name), password: PASSWORD });
        if (status === 201) registered.add(name);
        if (registered.size === COUNT / 4) void first.kill();
        for (const backend of ['jwt', 'cookie']) {
          const answer = await first.login(name, backend);
          if (answer.status < 300) signedIn.push(signedInBy(answer));
        }
      }

      const outcomes = await Promise.allSettled(Array.from({ length: COUNT }, (_, index) => join(`person-${index}`)));
      expect(
        outcomes.filter(({ status }) => status === 'rejected'),
        'requests that the kill cut off',
      ).to.not.have.length(0);
      expect(registered.size).to.be.at.least(COUNT / 4);

      const second = await AppProcess.start(settings);
      try {
        for (const name of registered) expect((await second.login(name, 'jwt')).status, name).to.equal(200);
        for (const one of signedIn) expect(await second.me(one)).to.equal(200);
        const { status } = await second.http.post('/users/register', { email: emailOf('late'), password: PASSWORD });
        expect(status).to.equal(201);
      } finally {
        await second.stop();
      }
    });
  });
});
