import { expect } from 'chai';
import { AppProcess } from '../support/app-process.js';
import { type ConnectionOptions, forEachDriver, type TestDatabase } from '../support/databases.js';
import type { Answer } from '../support/http-client.js';
import { SignInApp } from '../support/sign-in-app.js';
import { carried, emailOf, PASSWORD, type SignedIn } from '../support/sign-in-client.js';
import { TcpProxy } from '../support/tcp-proxy.js';

describe('a database that is cut off in the middle of traffic', () => {
  forEachDriver((driver) => {
    if (driver.name === 'better-sqlite3') return;

    let database: TestDatabase;
    let proxy: TcpProxy;
    let app: AppProcess;

    before(async () => {
      database = await driver.createDatabase();
      const options = database.dataSourceOptions();
      const setUp = await SignInApp.start(options);
      await setUp.add('ada');
      await setUp.close();
      const direct = new URL(database.url);
      proxy = await TcpProxy.to(direct.hostname, Number(direct.port));
      direct.port = String(proxy.port);
      const through = { ...options, url: direct.href } as ConnectionOptions;
      app = await AppProcess.start({ database: through, synchronize: false });
    });

    after(async () => {
      await app?.stop();
      await proxy?.close();
      await database.drop();
    });

    const login = () => app.http.post('/users/login', { email: emailOf('ada'), password: PASSWORD });

    it('is answered by 503 on every way in, lets nobody in, and is well again when it is back (next-auth GHSA-8fpg-xm3f-6cx3)', async () => {
      const bearer = await app.signIn('ada');
      const cookie = await app.signIn('ada', 'cookie');
      const traffic = Array.from({ length: 40 }, (_, index) => later(index * 5, () => ask(app, index % 2 ? bearer : cookie)));
      // In the middle: once something was answered, and while the rest is on its way.
      await Promise.race(traffic);
      proxy.cut();
      const statuses = (await Promise.all(traffic)).map(({ status }) => status);
      expect(statuses).to.include(200).and.to.include(503);
      expect(statuses.filter((status) => status !== 200 && status !== 503)).to.deep.equal([]);

      for (const answer of [
        await ask(app, bearer),
        await ask(app, cookie),
        await login(),
        await app.refresh(bearer.refreshToken),
        await app.http.post('/users/logout', undefined, carried(bearer)),
        await app.http.post('/users/register', { email: 'new@example.com', password: PASSWORD }),
      ]) {
        expect([answer.status, answer.code]).to.deep.equal([503, 'SERVICE_UNAVAILABLE']);
        expect(answer.headers['retry-after']).to.equal('5');
        expect(JSON.stringify(answer.body)).to.not.match(/ECONN|terminated|closed|SELECT/i);
      }
      expect(app.isAlive, 'no error of a lost connection has ended the process').to.equal(true);

      proxy.mend();
      expect((await login()).status).to.equal(200);
      expect((await ask(app, bearer)).status).to.equal(200);
      expect((await ask(app, cookie)).status).to.equal(200);
      expect((await app.refresh(bearer.refreshToken)).status).to.equal(200);
    });
  });
});

function ask(app: AppProcess, signedIn: SignedIn): Promise<Answer> {
  return app.http.get('/users/me', carried(signedIn));
}

async function later<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  return work();
}
