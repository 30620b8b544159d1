import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { EntitySubscriberInterface, ObjectLiteral } from 'typeorm';
import { Database } from '../../src/database/index.js';
import { contextOf } from '../../src/setup/context-of.js';
import { digestOf } from '../../src/tokens/index.js';
import { databaseBackends } from '../support/backends.js';
import { forEachDriver, type TestDatabase } from '../support/databases.js';
import { memberEntities } from '../support/member.entity.js';
import { QueryLog } from '../support/query-log.js';
import { SignInApp } from '../support/sign-in-app.js';

describe('the rotation of a refresh token', () => {
  forEachDriver((driver) => {
    const log = new QueryLog();
    let database: TestDatabase;
    let app: SignInApp;

    before(async () => {
      database = await driver.createDatabase();
      const options = { backends: databaseBackends(), connection: { logger: log, logging: true } };
      app = await SignInApp.start(database.dataSourceOptions(), options);
    });
    beforeEach(() => app.add('ada'));
    afterEach(async () => {
      app.dataSource.subscribers.length = 0;
      await app.users.manager.delete((await app.users.manager.findByEmail('ada@example.com')) ?? expect.fail('there is no Ada'));
    });
    after(async () => {
      await app.close();
      await database.drop();
    });

    async function tokenOf(backend: string): Promise<string> {
      return String((await app.login('ada', backend)).body.refresh_token);
    }

    async function row(token: string): Promise<ObjectLiteral | null> {
      const [, sessions] = memberEntities;
      if (sessions === undefined) return null;
      const found: ObjectLiteral | null = await app.dataSource
        .getRepository<ObjectLiteral>(sessions)
        .findOneBy({ refreshDigest: digestOf(token) });
      return found;
    }

    function addSubscriber(subscriber: EntitySubscriberInterface): void {
      app.dataSource.subscribers.push(subscriber);
    }

    for (const backend of ['jwt', 'opaque']) {
      it(`is one look-up and one conditional update (${backend})`, async () => {
        const token = await tokenOf(backend);
        const queries = await log.during(() => app.refresh(token));
        expect(queries.map(({ sql }) => sql.slice(0, 6))).to.deep.equal(['SELECT', 'UPDATE']);
        expect(queries[1]?.sql).to.match(/WHERE .*refreshDigest/);
      });

      it(`leaves the row as TypeORM would (${backend})`, async () => {
        const tokens = [await tokenOf(backend), await tokenOf(backend)] as const;
        app.clock.advance({ minutes: 2 });
        const compiled = String((await app.refresh(tokens[0])).body.refresh_token);
        addSubscriber({ afterUpdate: () => undefined });
        const byOrm = String((await app.refresh(tokens[1])).body.refresh_token);
        const [one, other] = [await row(compiled), await row(byOrm)];
        expect(one).to.deep.include({ backend, previousRefreshDigest: digestOf(tokens[0]), refreshedAt: app.clock.now() });
        const own = ['id', 'tokenDigest', 'refreshDigest', 'previousRefreshDigest'];
        for (const column of own) expect(typeof one?.[column], column).to.equal(typeof other?.[column]);
        const shared = (session: ObjectLiteral | null) =>
          Object.entries(session ?? {}).filter(([column]) => !own.includes(column));
        expect(shared(one)).to.deep.equal(shared(other));
      });
    }

    it('is told to a subscriber of the app', async () => {
      const seen: unknown[] = [];
      addSubscriber({ afterUpdate: ({ metadata, entity }) => void seen.push([metadata.targetName, Object.keys(entity ?? {})]) });
      const { status } = await app.refresh(await tokenOf('jwt'));
      expect(status).to.equal(200);
      expect(seen).to.have.length(1);
      expect(seen[0]).to.have.nested.property('[0]', 'UserSession');
      expect(seen[0]).to.have.nested.property('[1]').that.includes('refreshDigest');
    });

    for (const [way, subscriber] of [
      ['by the statement that was made once', {}],
      ['where a subscriber of the app hears of it', { afterLoad: () => undefined, afterUpdate: () => undefined }],
    ] as const) {
      it(`is done for the present token alone, ${way}`, async () => {
        addSubscriber(subscriber);
        const first = await tokenOf('jwt');
        const found = await row(first);
        const second = (await app.refresh(first)).body.refresh_token;
        expect((await app.refresh(first)).body.refresh_token, 'within the grace').to.equal(second);
        const third = String((await app.refresh(second)).body.refresh_token);
        const { database } = contextOf(app.users).sessions;
        const session = await database.findById(String(found?.id), app.clock.now());
        // As one does who has read the row before the two.
        const late = { refreshDigest: digestOf('late'), refreshedAt: app.clock.now(), tokenDigest: null };
        const times = { lastSeenAt: app.clock.now(), expiresAt: app.clock.now() };
        const next = { ...late, ...times };
        expect(await database.rotate(session?.session ?? expect.fail('it is gone'), digestOf(first), next)).to.equal(false);
        expect((await app.refresh(third)).status).to.equal(200);
      });
    }

    it('is refused by 401 where the session ends right before it', async () => {
      const token = await tokenOf('jwt');
      addSubscriber({
        beforeUpdate: ({ manager, metadata }) => manager.createQueryBuilder().delete().from(metadata.target).execute().then(),
      });
      const { status, code } = await app.refresh(token);
      expect([status, code]).to.deep.equal([401, 'REFRESH_BAD_TOKEN']);
    });

    it('holds, though a transaction that was open meanwhile is rolled back', async () => {
      const first = await tokenOf('jwt');
      let refreshing: Promise<{ body: Record<string, unknown> }> | undefined;
      const failing = Database.of(app.dataSource).transaction(async (manager) => {
        await manager.query('SELECT 1');
        refreshing = app.refresh(first);
        await sleep(100);
        throw new Error('rolled back');
      });
      expect(await failing.catch((error: Error) => error.message)).to.equal('rolled back');
      const second = (await refreshing)?.body.refresh_token;
      app.clock.advance({ minutes: 1 });
      expect((await app.refresh(second)).status).to.equal(200);
    });
  });
});
