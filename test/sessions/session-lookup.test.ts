import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Request } from 'express';
import { useContainer } from 'routing-controllers';
import { Container } from 'typedi';
import { AfterLoad, Column, DataSource, Entity, ManyToOne, PrimaryGeneratedColumn } from 'typeorm';
import { BaseUser, type BaseUserWithoutId, containerPerApp, setupUsers, type Users, usersEntities } from '../../src/index.js';
import { createUser, FastHasher, signIn } from '../../src/testing/index.js';
import { drivers, forEachDriver, type TestDatabase } from '../support/databases.js';

const cents = {
  to: (euros?: number) => (euros === undefined ? undefined : Math.round(euros * 100)),
  from: (value: unknown) => Number(value) / 100,
};

/** One row of one table, with all that a driver converts. */
@Entity('plain_people')
class Plain extends BaseUser {
  @Column({ type: 'int', transformer: cents, default: 0 })
  balance!: number;

  @Column({ type: 'simple-json', nullable: true })
  settings!: { theme: string } | null;

  @Column({ type: 'simple-array', nullable: true })
  tags!: string[] | null;

  @Column({ type: Date, nullable: true })
  seenAt!: Date | null;

  @Column({ type: 'decimal', precision: 10, scale: 2, nullable: true })
  rate!: string | null;

  @Column({ type: 'bigint', nullable: true })
  clicks!: string | null;

  @Column({ type: 'float', nullable: true })
  score!: number | null;

  @Column({ type: 'boolean', name: 'wants_mail', default: true })
  wantsMail!: boolean;

  @Column({ type: 'text', select: false, nullable: true })
  hidden?: string;
}

@Entity('teams')
class Team {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'varchar' })
  name!: string;
}

class Address {
  @Column({ type: 'varchar', default: '' })
  city!: string;
}

/** What only TypeORM can load: a relation, an embedded object, a listener. */
@Entity('rich_people')
class Rich extends BaseUser {
  @ManyToOne(() => Team, { eager: true, nullable: true })
  team!: Team | null;

  @Column(() => Address)
  address!: Address;

  greeting?: string;

  @AfterLoad()
  greet() {
    this.greeting = `Hello ${this.email}`;
  }
}

/** A table that SQLite keeps in the order of its key. */
@Entity('keyed_people', { withoutRowid: true })
class Keyed extends BaseUser {}

const plainEntities = usersEntities(Plain);
const richEntities = [...usersEntities(Rich), Team];

async function setUp<U extends BaseUserWithoutId>(database: TestDatabase, user: new () => U, entities: Function[]) {
  const dataSource = await new DataSource({ ...database.dataSourceOptions(), entities, synchronize: true }).initialize();
  useContainer(containerPerApp);
  const users = setupUsers<U>({
    dataSource,
    user,
    secret: 'a secret of the tests, which has more than 32 bytes',
    hashers: [new FastHasher()],
    rateLimits: false,
    container: Container.of(randomUUID()),
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  return { dataSource, users };
}

async function actionOf<U extends BaseUserWithoutId>(users: Users<U>, user: U) {
  const { authorization = '' } = await signIn(users, user);
  const request = { method: 'GET', headers: { authorization }, rawHeaders: ['Authorization', authorization] };
  return { request: request as unknown as Request, response: {} };
}

/** The next request with the same token. */
function again({ request, response }: Awaited<ReturnType<typeof actionOf>>) {
  return { request: { ...request } as Request, response };
}

describe('the user of a request', () => {
  forEachDriver((driver) => {
    let database: TestDatabase;
    beforeEach(async () => {
      database = await driver.createDatabase();
    });
    afterEach(() => database.drop());

    it('is the same by the query that is made once as by TypeORM, to the type of each column', async () => {
      const { dataSource, users } = await setUp(database, Plain, plainEntities);
      const ada = await createUser(users);
      const values = { balance: 12.34, settings: { theme: 'dark' }, tags: ['a', 'b'], seenAt: new Date('2026-01-02T03:04:05Z') };
      await dataSource
        .getRepository(Plain)
        .update(ada.id, { ...values, rate: '1.50', clicks: '9007199254740993', score: 0.5, hidden: 'x' });
      for (const person of [ada, await createUser(users)]) {
        const action = await actionOf(users, person);
        const found = await users.currentUserChecker(action);
        const loaded = await dataSource.getRepository(Plain).findOneByOrFail({ id: person.id });
        expect(found).to.be.instanceOf(Plain);
        expect(found).to.deep.equal(loaded);
        // SQLite is told by then where the rows are.
        expect(await users.currentUserChecker(again(action))).to.deep.equal(loaded);
      }
      await dataSource.destroy();
    });

    it('has the relations, embedded objects and listeners that its entity has', async () => {
      const { dataSource, users } = await setUp(database, Rich, richEntities);
      const ada = await createUser(users);
      const team = await dataSource.getRepository(Team).save({ name: 'Engines' });
      await dataSource.getRepository(Rich).update(ada.id, { team, address: { city: 'London' } });
      const found = await users.currentUserChecker(await actionOf(users, ada));
      expect(found?.team?.name).to.equal('Engines');
      expect(found?.address.city).to.equal('London');
      expect(found?.greeting).to.equal(`Hello ${ada.email}`);
      expect({ ...found }).to.deep.equal({ ...(await dataSource.getRepository(Rich).findOneByOrFail({ id: ada.id })) });
      await dataSource.destroy();
    });
  });

  forEachDriver((driver) => {
    for (const [kind, user, entities] of [
      ['one row', Plain, plainEntities],
      ['more than a row', Rich, richEntities],
    ] as const) {
      it(`is nobody from the moment on when the security stamp is another: a user of ${kind}`, async () => {
        const database = await driver.createDatabase();
        const { dataSource, users } = await setUp<Plain | Rich>(database, user, [...entities]);
        const action = await actionOf(users, await createUser(users));
        expect(await users.authorizationChecker(action, [])).to.equal(true);
        await dataSource.createQueryBuilder().update(user).set({ securityStamp: 'another' }).execute();
        expect(await users.currentUserChecker(again(action))).to.equal(undefined);
        await dataSource.destroy();
        await database.drop();
      });
    }
  });

  it('is there without a promise where the driver makes none', async function () {
    const sqlite = drivers.find(({ name }) => name === 'better-sqlite3');
    if (sqlite === undefined) return this.skip();
    const database = await sqlite.createDatabase();
    const { dataSource, users } = await setUp(database, Plain, plainEntities);
    const ada = await createUser(users);
    expect(users.authorizationChecker(await actionOf(users, ada), [])).to.equal(true);
    expect(users.currentUserChecker(await actionOf(users, ada))).to.be.instanceOf(Plain);
    expect(() =>
      users.authorizationChecker(
        { ...({ request: { method: 'GET', headers: {}, rawHeaders: [] } } as object), response: {} } as never,
        [],
      ),
    ).to.throw();
    await dataSource.destroy();
    await database.drop();
  });

  describe('on SQLite, which is told where the rows were before', () => {
    const sqlite = drivers.find(({ name }) => name === 'better-sqlite3');
    let database: TestDatabase;
    beforeEach(async function () {
      if (sqlite === undefined) return this.skip();
      database = await sqlite.createDatabase();
    });
    afterEach(() => database?.drop());

    it('is found when the rows have moved', async () => {
      const { dataSource, users } = await setUp(database, Plain, plainEntities);
      const ada = await createUser(users);
      const action = await actionOf(users, ada);
      await users.currentUserChecker(action);
      for (const table of ['user_session', 'plain_people']) {
        await dataSource.query(`UPDATE "${table}" SET rowid = rowid + 1000`);
        expect((await users.currentUserChecker(again(action)))?.id, table).to.equal(ada.id);
        expect((await users.currentUserChecker(again(action)))?.id, table).to.equal(ada.id);
      }
      await dataSource.destroy();
    });

    it('is no other one whose rows have come into their place', async () => {
      const { dataSource, users } = await setUp(database, Plain, plainEntities);
      const [ada, sue] = [await createUser(users), await createUser(users)];
      const [asAda, asSue] = [await actionOf(users, ada), await actionOf(users, sue)];
      for (const table of ['user_session', 'plain_people']) {
        await users.currentUserChecker(again(asAda));
        await users.currentUserChecker(again(asSue));
        await dataSource.query(`UPDATE "${table}" SET rowid = -rowid`);
        await dataSource.query(`UPDATE "${table}" SET rowid = 3 + rowid`);
        expect((await users.currentUserChecker(again(asAda)))?.id, table).to.equal(ada.id);
        expect((await users.currentUserChecker(again(asSue)))?.id, table).to.equal(sue.id);
      }
      await dataSource.destroy();
    });

    it('is nobody once the session has ended, also when another has its place', async () => {
      const { dataSource, users } = await setUp(database, Plain, plainEntities);
      const ada = await createUser(users);
      const action = await actionOf(users, ada);
      expect(await users.currentUserChecker(action)).to.be.instanceOf(Plain);
      await users.manager.endSessions(ada);
      await actionOf(users, ada);
      expect(await dataSource.query('SELECT rowid FROM "user_session"')).to.deep.equal([{ rowid: 1 }]);
      expect(await users.currentUserChecker(again(action))).to.equal(undefined);
      await dataSource.destroy();
    });

    it('is found in a table that has no rowids', async () => {
      const { dataSource, users } = await setUp(database, Keyed, usersEntities(Keyed));
      const ada = await createUser(users);
      const action = await actionOf(users, ada);
      expect((await users.currentUserChecker(action))?.id).to.equal(ada.id);
      expect((await users.currentUserChecker(again(action)))?.id).to.equal(ada.id);
      await dataSource.destroy();
    });
  });
});
