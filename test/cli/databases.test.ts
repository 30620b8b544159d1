import { expect } from 'chai';
import { DataSource } from 'typeorm';
import { type Driver, drivers, forEachDriver, type TestDatabase } from '../support/databases.js';
import type { AppSettings } from './support/app-settings.js';
import { type CliRun, type CliSurroundings, runCli, runCliHere } from './support/run-cli.js';
import { schemaFaults } from './support/schema-faults.js';

const ADA = 'ada@example.com';
const IVAN = 'ivan@example.com';
const FORTY_DAYS_AGO = -40 * 24 * 3600;

describe('rcu, from the first user to the last', () => {
  forEachDriver((driver) => {
    const { app, rcu, rcuProcess, prepare, remove } = theApp(driver);

    before(prepare);
    after(remove);

    it('makes a superuser with fields of the app, its password from stdin', async () => {
      const set = ['--set', 'firstName=Ada', '--set', 'role=editor', '--set', 'points=12'];
      const { exitCode, json, stderr } = await rcuProcess(
        ['user', 'create', 'Ada@Example.com', '--superuser', '--verified', ...set, '--password-stdin', '--json'],
        { input: 'analytical engine\n', synchronize: true },
      );
      expect(exitCode, stderr).to.equal(0);
      expect(json).to.include({ email: ADA, isSuperuser: true, isVerified: true, hasPassword: true, firstName: 'Ada' });
      expect(stderr).to.include('event registered, from no request');
      expect(stderr).not.to.include('analytical');
    });

    it('keeps a day as it is written, also west of Greenwich', async () => {
      const environment = { TZ: 'America/New_York' };
      const set = ['--set', 'birthday=1990-05-01', '--set', 'points=7'];
      const { exitCode, stderr } = await rcuProcess(['user', 'create', 'eve@example.com', ...set, '--invite'], { environment });
      expect(exitCode, stderr).to.equal(0);
      const dataSource = await new DataSource({ ...app().database, entities: [] }).initialize();
      const rows: unknown = await dataSource.query('SELECT CAST(birthday AS CHAR(10)) AS day FROM people WHERE points = 7');
      await dataSource.destroy();
      expect(rows).to.deep.equal([{ day: '1990-05-01' }]);
      expect((await rcu(['user', 'delete', 'eve@example.com', '--yes'])).exitCode).to.equal(0);
    });

    it('invites a user, whose invitation goes to @OnInvite', async () => {
      const { exitCode, stdout, stderr } = await rcu(['user', 'create', IVAN, '--invite']);
      expect(exitCode, stderr).to.equal(0);
      expect(stdout)
        .to.match(/^email +ivan@example\.com$/m)
        .and.to.match(/^hasPassword +no$/m);
      expect(stderr).to.include(`invited ${IVAN}, with a token`);
    });

    it('lists users page by page', async () => {
      const first = await rcu(['user', 'list', '--limit', '1', '--json']);
      const { items, nextCursor } = first.json as { items: { email: string }[]; nextCursor: string };
      expect(items.map(({ email }) => email)).to.deep.equal([IVAN]);
      const second = await rcu(['user', 'list', '--limit', '1', '--cursor', nextCursor, '--superusers']);
      expect(second.stdout).to.match(
        /^id +email +isActive +isVerified +isSuperuser +createdAt\n\S+ +ada@example\.com +yes +yes +yes +\S+\n$/,
      );
    });

    it('shows a user, and lists and ends his sessions', async () => {
      expect((await rcu(['user', 'show', ADA, '--json'], { signIn: [ADA, ADA] })).json).to.include({ email: ADA, sessions: 2 });
      const { items } = (await rcu(['sessions', 'list', ADA, '--json'])).json as { items: { id: string; backend: string }[] };
      expect(items.map(({ backend }) => backend)).to.deep.equal(['bearer', 'bearer']);
      const one = await rcu(['sessions', 'end', ADA, '--session', items[0]?.id ?? '', '--yes', '--json']);
      expect(one.json).to.deep.equal({ sessionsEnded: 1 });
      const all = await rcu(['sessions', 'end', ADA, '-y']);
      expect(all.stdout).to.equal(`1 session of ${ADA} ended.\n`);
      expect(all.stderr).to.include('event sessions-ended, from no request');
    });

    it('removes the sessions that have expired, and no other', async () => {
      await rcu(['user', 'show', ADA], { signIn: [ADA, ADA, ADA], clockSkewSeconds: FORTY_DAYS_AGO });
      expect((await rcu(['sessions', 'prune', '--json'], { signIn: [ADA] })).json).to.deep.equal({ removed: 3 });
    });

    it('sets a password, which ends all sessions', async () => {
      const { json, stderr } = await rcu(['user', 'password', ADA, '--password-stdin', '--json'], { input: 'difference engine' });
      expect(json).to.deep.include({ sessionsEnded: 1 });
      expect(stderr).to.include('event password-changed, from no request');
    });

    it('disables and enables', async () => {
      const disabled = await rcu(['user', 'disable', IVAN, '--yes', '--json'], { signIn: [IVAN] });
      expect(disabled.json).to.deep.include({ sessionsEnded: 1 }).and.nested.include({ 'user.isActive': false });
      expect((await rcu(['user', 'enable', IVAN])).stdout).to.equal(`${IVAN} is enabled.\n`);
    });

    it('makes superusers and plain users, and keeps the last superuser', async () => {
      const refused = await rcu(['user', 'superuser', ADA, '--revoke']);
      expect(refused).to.include({ exitCode: 1, stdout: '' });
      expect(refused.stderr).to.match(/^rcu: This is the last active superuser\./m);
      expect((await rcu(['user', 'superuser', IVAN])).stdout).to.equal(`${IVAN} is a superuser.\n`);
      expect((await rcu(['user', 'superuser', ADA, '--revoke'])).stdout).to.equal(`${ADA} is a plain user.\n`);
    });

    it('deletes', async () => {
      const { exitCode, json, stderr } = await rcu(['user', 'delete', ADA, '--yes', '--json']);
      expect(exitCode).to.equal(0);
      expect(json).to.nested.include({ 'user.email': ADA });
      expect(stderr).to.include('event deleted, from no request');
    });

    it('finds a new schema to be without fault, and names each fault of an old one', async () => {
      const well = await rcu(['doctor', '--json'], { environment: { NODE_ENV: 'production' } });
      expect(well.json, well.stderr).to.deep.equal({ findings: [], errors: 0, warnings: 0 });
      expect(well.exitCode).to.equal(0);
      await schemaFaults(app());
      const ill = await rcu(['doctor', '--json'], { environment: { NODE_ENV: 'production' } });
      expect(ill.exitCode).to.equal(1);
      const { findings } = ill.json as { findings: { check: string; problem: string }[] };
      const found = findings.map(({ check, problem }) => `${check}: ${problem.split(/[:,]/, 1)[0]}`);
      expect(found).to.have.members([
        'schema: the table people lacks columns of User',
        'unique-index: people.email has no unique index',
        driver.name === 'postgres'
          ? 'foreign-keys: the foreign key of user_session.userId lacks ON DELETE CASCADE'
          : 'foreign-keys: user_session.userId has no foreign key',
        ...(['mysql', 'mariadb'].includes(driver.name)
          ? ['email-collation: people.email compares by utf8mb4_unicode_ci']
          : driver.name === 'postgres'
            ? ['email-collation: people.email compares by loose']
            : []),
      ]);
    });
  });
});

describe('rcu doctor on a PostgreSQL that sorts by a language', () => {
  const [postgres] = drivers.filter(({ name, available }) => name === 'postgres' && available);
  if (postgres === undefined) return;
  const clauses = "LOCALE_PROVIDER icu ICU_LOCALE 'en-US' TEMPLATE template0";
  const { app, rcu, prepare, remove } = theApp({ ...postgres, createDatabase: () => postgres.createDatabase(clauses) });

  before(prepare);
  after(remove);

  it('warns of a search that no index serves, until one does', async () => {
    await rcu(['user', 'create', IVAN, '--invite'], { synchronize: true });
    const { exitCode, json } = await rcu(['doctor', '--json']);
    const { findings } = json as { findings: { check: string; severity: string; advice: string }[] };
    const [finding] = findings.filter(({ check }) => check === 'search-index');
    expect([exitCode, finding?.severity]).to.deep.equal([0, 'warning']);
    const [sql = ''] = finding?.advice.split(', and ') ?? [];
    const dataSource = await new DataSource({ ...app().database, entities: [] }).initialize();
    await dataSource.query(sql);
    await dataSource.destroy();
    expect(JSON.stringify((await rcu(['doctor', '--json'])).json)).not.to.include('search-index');
  });
});

type Extra = Partial<AppSettings> & Pick<CliSurroundings, 'input' | 'environment'>;

function theApp(driver: Driver) {
  let database: TestDatabase;
  const app = (): AppSettings => ({ database: database.dataSourceOptions(), trustProxy: 1 });
  const surroundings = ({ input = '', environment = {}, ...settings }: Extra): CliSurroundings => ({
    app: { ...app(), ...settings },
    environment,
    input,
  });
  return {
    app,
    rcu: (args: readonly string[], extra: Extra = {}): Promise<CliRun> => runCliHere(args, surroundings(extra)),
    rcuProcess: (args: readonly string[], extra: Extra = {}): Promise<CliRun> => runCli(args, surroundings(extra)),
    prepare: async () => {
      database = await driver.createDatabase();
    },
    remove: () => database.drop(),
  };
}
