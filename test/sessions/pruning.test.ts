import { expect } from 'chai';
import { Redis } from 'ioredis';
import { contextOf } from '../../src/setup/context-of.js';
import { databaseBackends, redisBackends } from '../support/backends.js';
import { forEachDriver, type TestDatabase } from '../support/databases.js';
import { type Member, memberEntities } from '../support/member.entity.js';
import { SignInApp } from '../support/sign-in-app.js';

const [, SessionEntity] = memberEntities;

describe('expired sessions', () => {
  forEachDriver((driver) => {
    let database: TestDatabase;
    let app: SignInApp;
    let ada: Member;

    beforeEach(async () => {
      database = await driver.createDatabase();
      app = await SignInApp.start(database.dataSourceOptions(), { backends: databaseBackends() });
      ada = await app.add('ada');
    });

    afterEach(async () => {
      await app.close();
      await database.drop();
    });

    /** Stores sessions as sign-ins do, all at once. */
    async function addSessions(count: number): Promise<void> {
      const { sessions } = contextOf(app.users);
      const facts = { backend: 'jwt', amr: ['pwd'], ip: null, userAgent: null };
      const rows = Array.from({ length: count }, () => ({
        ...sessions.draft(ada.id, 'a stamp', facts),
        amr: 'pwd',
        user: { id: ada.id },
      }));
      await app.dataSource
        .createQueryBuilder()
        .insert()
        .into(SessionEntity)
        .values(rows as never)
        .updateEntity(false)
        .execute();
    }

    function rows(): Promise<number> {
      return app.dataSource.getRepository(SessionEntity).count();
    }

    it('are removed by pruneSessions(), however many, and the others stay', async () => {
      await addSessions(450);
      app.clock.advance({ days: 15 });
      await addSessions(3);
      expect(await app.users.manager.pruneSessions()).to.equal(450);
      expect(await rows()).to.equal(3);
      expect(await app.users.manager.pruneSessions()).to.equal(0);
    });

    it('go by themselves when somebody signs in, at most once a minute', async () => {
      await addSessions(5);
      app.clock.advance({ days: 15 });
      await app.signIn('ada');
      await app.users.close();
      expect(await rows()).to.equal(1);
      await addSessions(1);
      await app.dataSource
        .createQueryBuilder()
        .update(SessionEntity)
        .set({ expiresAt: new Date(0) })
        .execute();
      await app.signIn('ada');
      await app.users.close();
      expect(await rows()).to.equal(3);
      app.clock.advance({ minutes: 1 });
      await app.signIn('ada');
      await app.users.close();
      expect(await rows()).to.equal(2);
    });

    it('are removed once when it is done twice at the same time', async () => {
      await addSessions(300);
      app.clock.advance({ days: 15 });
      const removed = await Promise.all([app.users.manager.pruneSessions(), app.users.manager.pruneSessions()]);
      expect(removed[0] + removed[1]).to.equal(300);
      expect(await rows()).to.equal(0);
    });

    it('go with their user', async () => {
      await addSessions(2);
      await app.users.manager.delete(ada);
      expect(await rows()).to.equal(0);
    });
  });

  describe('in Redis', () => {
    const url = process.env.TEST_REDIS_URL;

    it('leave the index of their user at his next sign-in, and the index goes with the last of them', async function () {
      if (url === undefined) return this.skip();
      const redis = new Redis(url);
      const prefix = `test-${process.pid}-pruning`;
      const app = await SignInApp.start(
        { type: 'better-sqlite3', database: ':memory:', enableWAL: true },
        { backends: redisBackends(redis, prefix) },
      );
      try {
        const ada = await app.add('ada');
        const index = `${prefix}:sessions-of:${ada.id}`;
        await app.signIn('ada');
        await app.signIn('ada');
        expect(await redis.zcard(index)).to.equal(2);
        app.clock.advance({ days: 31 });
        await app.signIn('ada');
        expect(await redis.zcard(index)).to.equal(1);
        const end = app.clock.now().getTime() + 30 * 24 * 3600 * 1000;
        expect(await redis.pexpiretime(index)).to.equal(end);
        await app.users.manager.endSessions(ada);
        expect(await redis.exists(index)).to.equal(0);
      } finally {
        await app.close();
        redis.disconnect();
      }
    });
  });
});
