import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { expect } from 'chai';
import { forEachDriver } from '../support/databases.js';
import { SignInApp } from '../support/sign-in-app.js';
import { carried, emailOf, PASSWORD, type SignedIn, signedInBy } from '../support/sign-in-client.js';
import { availableBackends, Stores } from '../support/stores.js';

const BACKENDS = availableBackends('jwt', 'opaque', 'cookie', 'jwt-cookie', 'redis', 'redis-cookie');
const NEW_PASSWORD = 'another long password';

describe('what is stored', () => {
  forEachDriver((driver) => {
    let stores: Stores;
    let app: SignInApp;

    before(async () => {
      stores = await Stores.open(driver);
      const { backends, database } = stores;
      app = await SignInApp.start(database.dataSourceOptions(), { backends });
    });

    after(async () => {
      await app.close();
      await stores.close();
    });

    it('holds no token, no password and no token of a mail; neither do the logs and the events (lucia: the id of a session was compared by the database)', async () => {
      const secrets = await useEverything();
      const stored = `${await tables()}\n${await redisKeys()}\n${await files()}`;
      expect(stored).to.include(emailOf('ada'));
      const told = JSON.stringify([app.logger.lines, app.reports.events]);
      for (const secret of secrets) {
        expect(secret.length).to.be.at.least(PASSWORD.length - 1);
        expect(stored.includes(secret), `${secret} is stored`).to.equal(false);
        expect(told.includes(secret), `${secret} is told`).to.equal(false);
      }
    });

    /** Makes every kind of secret, and gives them with the parts of them that would do as well. */
    async function useEverything(): Promise<string[]> {
      const secrets = [PASSWORD, NEW_PASSWORD];
      await app.add('ada', { isVerified: false });
      const keep = ({ token, refreshToken, cookie }: SignedIn) => {
        const value = cookie?.slice(cookie.indexOf('=') + 1);
        for (const secret of [token, refreshToken, value]) {
          if (secret !== undefined) secrets.push(secret, secret.replace(/^rcu_[a-z]{2}_/, '').slice(0, 43), ...secret.split('.'));
        }
      };
      for (const backend of BACKENDS) {
        const signedIn = await app.signIn('ada', backend);
        keep(signedIn);
        if (signedIn.refreshToken !== undefined) keep(signedInBy(await app.refresh(signedIn.refreshToken)));
      }
      const own = await app.signIn('ada');
      keep(own);
      const change = { email: 'new@example.com', password: NEW_PASSWORD, currentPassword: PASSWORD };
      expect((await app.http.patch('/users/me', change, carried(own))).status).to.equal(200);
      await app.users.manager.requestVerify(emailOf('ada'));
      await app.users.manager.forgotPassword(emailOf('ada'));
      secrets.push(await app.outbox.token('new@example.com', 'change-email'));
      secrets.push(await app.outbox.token(emailOf('ada'), 'verify'));
      secrets.push(await app.outbox.token(emailOf('ada'), 'reset-password'));
      // The change of password has ended the sessions in Redis: there have to be some to read.
      for (const backend of BACKENDS) {
        keep(signedInBy(await app.http.post(`/auth/${backend}/login`, { email: emailOf('ada'), password: NEW_PASSWORD })));
      }
      // The header of a JWT is no secret, and is short.
      return secrets.filter((secret) => !secret.startsWith('eyJhbGciOi') || secret.includes('.'));
    }

    async function tables(): Promise<string> {
      const rows = [];
      for (const { tablePath } of app.dataSource.entityMetadatas) {
        rows.push(await app.dataSource.query(`SELECT * FROM ${app.dataSource.driver.escape(tablePath)}`));
      }
      return JSON.stringify(rows);
    }

    async function redisKeys(): Promise<string> {
      const { redis, database } = stores;
      if (redis === undefined) return '';
      const parts: string[] = [];
      for (const key of await redis.keys(`${database.name}:*`)) {
        const value = (await redis.type(key)) === 'hash' ? await redis.hgetall(key) : await redis.zrange(key, 0, -1);
        parts.push(key, JSON.stringify(value));
      }
      expect(parts).to.not.have.length(0);
      return parts.join('\n');
    }

    /** SQLite's file and its journal, as whoever copies them reads them. */
    async function files(): Promise<string> {
      if (driver.name !== 'better-sqlite3') return '';
      const { name: path } = stores.database;
      const folder = dirname(path);
      const names = (await readdir(folder)).filter((name) => name.startsWith(basename(path)));
      return (await Promise.all(names.map((name) => readFile(join(folder, name), 'latin1')))).join('\n');
    }
  });
});
