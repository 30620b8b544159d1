import { expect } from 'chai';
import { isMysqlFamily } from '../../src/database/index.js';
import { contextOf } from '../../src/setup/context-of.js';
import { type Driver, forEachDriver, type TestDatabase } from '../support/databases.js';
import { type Member, memberEntities } from '../support/member.entity.js';
import { QueryLog } from '../support/query-log.js';
import { SignInApp } from '../support/sign-in-app.js';
import { carried, emailOf, type SignedIn } from '../support/sign-in-client.js';
import { explain, type QueryPlan } from './query-plan.js';

const [, SessionEntity] = memberEntities;

/** So many that a planner which knows the sizes of the tables takes an index, where there is one. */
const PEOPLE = 5000;
/** People whose sessions have expired: few, as a sweep finds them. */
const FORGOTTEN = 5;
const ROWS_AT_ONCE = 250;

describe('the plans of statements', () => {
  forEachDriver((driver) => {
    // The others measure their tables by themselves after a while.
    if (driver.name === 'better-sqlite3') describe('before ANALYZE', () => describePlans(driver, async () => undefined));
    describe('after ANALYZE', () => describePlans(driver, measureTables));
  });
});

function describePlans(driver: Driver, measure: (app: SignInApp) => Promise<void>): void {
  let database: TestDatabase;
  let app: SignInApp;
  let log: QueryLog;
  let ada: Member;
  let jwt: SignedIn;
  let cookie: SignedIn;

  before(async function () {
    this.timeout(60_000);
    ({ database, app, log } = await start(driver));
    ada = await app.add('ada');
    await app.add('sue', { isSuperuser: true });
    await addPeople(app, PEOPLE);
    jwt = await app.signIn('sue', 'jwt');
    cookie = await app.signIn('sue', 'cookie');
    await measure(app);
  });

  after(async () => {
    await app?.close();
    await database?.drop();
  });

  async function planOf(work: () => Promise<unknown>): Promise<QueryPlan> {
    return explain(app.dataSource, await log.during(work));
  }

  function expectIndexes(plan: QueryPlan): void {
    expect(plan.scans, plan.text).to.deep.equal([]);
  }

  function expectOrderOfIndex(plan: QueryPlan): void {
    expectIndexes(plan);
    expect(plan.sorts, plan.text).to.deep.equal([]);
  }

  it('find a session and its user by the id in a JWT', async () => {
    expectOrderOfIndex(await planOf(() => app.me(jwt)));
  });

  it('find a session and its user by the digest of an opaque token', async () => {
    expectOrderOfIndex(await planOf(() => app.me(cookie)));
  });

  if (driver.name === 'better-sqlite3') {
    it('find a session by its rowid, since SQLite would look it up anew for each column', async () => {
      for (const signedIn of [await app.signIn('sue', 'jwt'), await app.signIn('sue', 'cookie')]) {
        const { text } = await planOf(() => app.me(signedIn));
        expect(text).to.include('SEARCH session USING INTEGER PRIMARY KEY (rowid=?)');
        expect(text).to.include('SEARCH user USING INDEX');
      }
    });

    it('find a session and its user by the rowids where they were before', async () => {
      for (const signedIn of [jwt, cookie]) {
        await app.me(signedIn);
        const { text } = await planOf(() => app.me(signedIn));
        expect(text).to.include('SEARCH session USING INTEGER PRIMARY KEY (rowid=?)');
        expect(text).to.include('SEARCH user USING INTEGER PRIMARY KEY (rowid=?)');
        expect(text).to.not.include('INDEX');
      }
    });
  }

  if (driver.name === 'better-sqlite3') {
    it('hang on no value, since SQLite would plan anew for each', async () => {
      const { body } = await app.http.get('/users', carried(jwt));
      const { refreshToken } = await app.signIn('sue', 'jwt');
      const queries = await log.during(async () => {
        await app.me(jwt);
        await app.me(cookie);
        await app.refresh(refreshToken);
        await app.http.get(`/users?cursor=${String(body.nextCursor)}`, carried(jwt));
      });
      const compared = queries.flatMap(({ sql }) => sql.match(/[=<>] *\+?\?/g) ?? []);
      expect(compared).to.have.length.above(4);
      expect(compared.filter((comparison) => !comparison.endsWith('+?'))).to.deep.equal([]);
    });
  }

  it('find a user by address at login', async () => {
    expectOrderOfIndex(await planOf(() => app.login('sue', 'jwt')));
  });

  it('exchange a refresh token', async () => {
    const { refreshToken } = await app.signIn('sue', 'jwt');
    expectOrderOfIndex(await planOf(() => app.refresh(refreshToken)));
  });

  it('list users along the primary key, on the first page and on later ones', async () => {
    expectOrderOfIndex(await planOf(() => app.http.get('/users', carried(jwt))));
    const { body } = await app.http.get('/users', carried(jwt));
    expectOrderOfIndex(await planOf(() => app.http.get(`/users?cursor=${String(body.nextCursor)}`, carried(jwt))));
  });

  it('search the start of an address', async () => {
    // PostgreSQL is asked once how it sorts.
    await app.http.get('/users?search=ada', carried(jwt));
    expectIndexes(await planOf(() => app.http.get('/users?search=person-5000-17', carried(jwt))));
  });

  it('search what most addresses begin with along the primary key, since sorting all of them would take a second', async () => {
    expectOrderOfIndex(await planOf(() => app.http.get('/users?search=person', carried(jwt))));
    const { body } = await app.http.get('/users?search=person&limit=1', carried(jwt));
    expect(body.items).to.have.nested.property('[0].email', emailOf('person-5000-4999'));
  });

  it('list and end the sessions of a user', async () => {
    expectIndexes(await planOf(() => app.http.get('/users/me/sessions', carried(jwt))));
    expectIndexes(await planOf(() => app.users.manager.endSessions(ada)));
  });

  it('remove sessions that have expired, the oldest first', async () => {
    await addPeople(app, FORGOTTEN, { expiresAt: app.clock.now() });
    const [select, ...rest] = await log.during(() => app.users.manager.pruneSessions());
    expectOrderOfIndex(await explain(app.dataSource, select === undefined ? [] : [select]));
    expectIndexes(await explain(app.dataSource, rest));
  });
}

async function start(driver: Driver): Promise<{ database: TestDatabase; app: SignInApp; log: QueryLog }> {
  const database = await driver.createDatabase();
  const log = new QueryLog();
  return { database, log, app: await SignInApp.start(database.dataSourceOptions(), { connection: { logger: log } }) };
}

/** Adds people with a session each, in bulk. */
async function addPeople({ dataSource, users, clock }: SignInApp, count: number, session: object = {}): Promise<void> {
  const { sessions, uuids } = contextOf(users);
  const securityStamp = 'a stamp';
  for (let first = 0; first < count; first += ROWS_AT_ONCE) {
    const people = Array.from({ length: Math.min(ROWS_AT_ONCE, count - first) }, (_, index) => ({
      id: uuids.next(),
      email: emailOf(`person-${count}-${first + index}`),
      hasPassword: false,
      isVerified: true,
      securityStamp,
      createdAt: clock.now(),
    }));
    const facts = { backend: 'jwt', amr: ['pwd'], ip: null, userAgent: null };
    const rows = people.map(({ id }) => ({ ...sessions.draft(id, securityStamp, facts), amr: 'pwd', user: { id }, ...session }));
    await insert(dataSource, memberEntities[0], people);
    await insert(dataSource, SessionEntity, rows);
  }
}

async function insert(dataSource: SignInApp['dataSource'], entity: Function, rows: readonly object[]): Promise<void> {
  const query = dataSource
    .createQueryBuilder()
    .insert()
    .into(entity as never);
  await query
    .values(rows as never)
    .updateEntity(false)
    .execute();
}

async function measureTables({ dataSource }: SignInApp): Promise<void> {
  const command = isMysqlFamily(dataSource) ? 'ANALYZE TABLE' : 'ANALYZE';
  for (const entity of memberEntities) await dataSource.query(`${command} ${dataSource.getMetadata(entity).tableName}`);
}
