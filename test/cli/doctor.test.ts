import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { DataSource } from 'typeorm';
import type { AppSettings } from './support/app-settings.js';
import { type CliRun, runCliHere, SET_UP } from './support/run-cli.js';

interface Finding {
  severity: 'error' | 'warning';
  check: string;
  problem: string;
  advice: string;
}

/** What a database makes of the schema is in databases.test.ts. */
describe('rcu doctor', () => {
  let folder: string;
  let app: AppSettings;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'users-doctor-'));
    app = { database: { type: 'better-sqlite3', database: join(folder, 'test.sqlite'), enableWAL: true }, trustProxy: 1 };
    await runCliHere(['user', 'list'], { app: { ...app, synchronize: true } });
  });

  after(() => rm(folder, { recursive: true, force: true }));

  const examine = (settings: Partial<AppSettings> = {}, environment: NodeJS.ProcessEnv = { NODE_ENV: 'production' }) =>
    runCliHere(['doctor', '--json'], { app: { ...app, ...settings }, environment });

  const findingsOf = ({ json }: CliRun): Finding[] => (json as { findings: Finding[] }).findings;

  const only = (run: CliRun): Finding => {
    const findings = findingsOf(run);
    expect(findings.map(({ check, problem }) => `${check}: ${problem}`)).to.have.lengthOf(1);
    return findings[0] ?? { severity: 'warning', check: '', problem: '', advice: '' };
  };

  it('ends with 0 where nothing is wrong', async () => {
    const run = await runCliHere(['doctor'], { app, environment: { NODE_ENV: 'production' } });
    expect(run).to.include({ exitCode: 0, stdout: 'Nothing found.\n' });
  });

  it('tells of tables that are missing, where the first migration has yet to be run, and nothing of what they would hold', async () => {
    const database = { ...app.database, database: join(folder, 'empty.sqlite') } as AppSettings['database'];
    for (const trustProxy of [0, 1]) {
      const findings = findingsOf(await examine({ database, trustProxy }, {}));
      expect(findings.map(({ check, problem }) => `${check}: ${problem}`)).to.include.members([
        'schema: the table people is missing',
        'schema: the table user_session is missing',
      ]);
    }
  });

  it('says that its checks are milder outside of production', async () => {
    expect((await examine({}, {})).stderr).to.include('NODE_ENV is not production');
  });

  it('ends with 1 at an error, and says of each finding what is wrong and what to write', async () => {
    const run = await runCliHere(['doctor'], {
      app: { ...app, insecureCookie: 'secure' },
      environment: { NODE_ENV: 'production' },
    });
    expect(run.exitCode).to.equal(1);
    expect(run.stdout).to.match(
      /^error \(cookies\) {2}the cookie session of backend cookie goes over plain http.*\n {4}leave `secure` on.*\n\n1 error, 0 warnings\.\n$/,
    );
  });

  it('ends with 0 at warnings alone', async () => {
    const run = await examine({ insecureCookie: 'secure' }, {});
    expect(run.exitCode).to.equal(0);
    expect(only(run)).to.include({ severity: 'warning', check: 'cookies' });
  });

  it('changes nothing', async () => {
    await examine({ migration: true });
    const dataSource = await new DataSource({ ...app.database }).initialize();
    const tables: unknown = await dataSource.query("SELECT name FROM sqlite_master WHERE name = 'migrations'");
    await dataSource.destroy();
    expect(tables).to.deep.equal([]);
  });

  describe('finds', () => {
    it('a fault of the options, which ends the start', async () => {
      const run = await examine({ secret: 'short' });
      expect(run.exitCode).to.equal(1);
      expect(only(run)).to.include({ severity: 'error', check: 'set-up' });
      expect(only(run).problem).to.match(/5 bytes, at least 32/);
    });

    it('migrations that have not been run', async () => {
      const { severity, check, problem } = only(await examine({ migration: true }));
      expect({ severity, check }).to.deep.equal({ severity: 'error', check: 'migrations' });
      expect(problem).to.include('AddSomething1795500000000');
    });

    it('a table that is missing', async () => {
      const database = { type: 'better-sqlite3', database: ':memory:', enableWAL: true } as const;
      const problems = findingsOf(await examine({ database })).map(({ check, problem }) => `${check}: ${problem}`);
      expect(problems).to.deep.equal(['schema: the table people is missing', 'schema: the table user_session is missing']);
    });

    for (const seconds of [6, -6]) {
      it(`a clock that differs from the database's by ${seconds} s`, async () => {
        const { severity, check, problem } = only(await examine({ clockSkewSeconds: seconds }));
        expect({ severity, check }).to.deep.equal({ severity: 'error', check: 'clock' });
        expect(problem).to.include(seconds > 0 ? '6 s behind' : '6 s ahead of');
      });
    }

    it('a cookie that scripts can read', async () => {
      expect(only(await examine({ insecureCookie: 'httpOnly' }))).to.include({ severity: 'error', check: 'cookies' });
    });

    it('each mail that no hook sends', async () => {
      const findings = findingsOf(await examine({ hooks: false }));
      expect(findings.map(({ severity, check, problem }) => `${severity} ${check} ${/@\w+/.exec(problem)?.[0]}`)).to.deep.equal([
        'error mail-hooks @OnAfterForgotPassword',
        'warning mail-hooks @OnAfterRequestVerify',
        'error mail-hooks @OnAfterRequestEmailChange',
        'warning mail-hooks @OnInvite',
      ]);
    });

    it('rate limits that are off: all, or single ones', async () => {
      expect(only(await examine({ rateLimits: false }))).to.include({ severity: 'error', check: 'options' });
      const single = only(await examine({ rateLimits: { login: false } }));
      expect(single).to.include({ severity: 'warning', check: 'options' });
      expect(single.problem).to.include('login');
    });

    it('links in mails that live too long', async () => {
      const { severity, problem } = only(await examine({ resetPasswordTokenLifetimeSeconds: 7 * 24 * 3600 }));
      expect(severity).to.equal('warning');
      expect(problem).to.include('resetPasswordTokenLifetimeSeconds');
    });

    it('a DataSource that changes tables by itself, or logs what must not be logged, in production', async () => {
      const findings = findingsOf(await examine({ synchronize: true, logging: true }));
      expect(findings.map(({ severity, problem }) => `${severity} ${problem.slice(0, 20)}`)).to.deep.equal([
        'error `synchronize: true` ',
        'warning the DataSource logs ',
      ]);
      expect(findingsOf(await examine({ synchronize: true }, {}))).to.deep.equal([]);
    });

    it('a DataSource that drops all tables at its start', async () => {
      const database = { type: 'better-sqlite3', database: ':memory:', enableWAL: true } as const;
      const found = only(await examine({ database, synchronize: true, dropSchema: true }));
      expect(found).to.include({ severity: 'error', check: 'options' });
      expect(found.problem).to.match(/^`dropSchema: true` .* all tables$/);
    });

    it('that nobody tells the owner of an address that is registered again', async () => {
      const found = only(await examine({ preventEnumeration: true }));
      expect(found).to.include({ severity: 'warning', check: 'mail-hooks' });
      expect(found.problem).to.include('@OnRegisterExisting');
    });

    it('a module that does not show its Express', async () => {
      const found = only(await examine({ isExpressHidden: true }));
      expect(found).to.include({ severity: 'warning', check: 'trust-proxy' });
      expect(found.problem).to.match(/^Express' `trust proxy` cannot be seen/);
      expect(found.advice).to.include('app');
    });

    it('two copies of a package that app and library share', async () => {
      const copy = join(folder, 'node_modules/typedi');
      await mkdir(copy, { recursive: true });
      await writeFile(join(copy, 'package.json'), '{ "name": "typedi", "main": "index.js" }');
      await writeFile(join(copy, 'index.js'), '');
      const file = join(folder, 'two-copies.mjs');
      await writeFile(file, `export { users } from ${JSON.stringify(SET_UP)};`);
      const run = await runCliHere(['doctor', '--json', '-s', file], {
        environment: { NODE_ENV: 'production', RCU_TEST_APP: JSON.stringify(app) },
      });
      expect(only(run)).to.include({ severity: 'error', check: 'packages' });
      expect(only(run).problem).to.include('two copies of typedi').and.to.include(copy);
    });
  });

  describe('knows that the app is behind a proxy which Express does not know of', () => {
    const off = { trustProxy: false };

    it('by a host that has one in front of every app', async () => {
      const { severity, check, problem } = only(await examine(off, { NODE_ENV: 'production', FLY_APP_NAME: 'notes' }));
      expect({ severity, check }).to.deep.equal({ severity: 'error', check: 'trust-proxy' });
      expect(problem).to.include('Fly.io');
    });

    it('by several people who all come from one private address', async () => {
      const people = ['ada', 'ivan', 'vera'].map((name) => `${name}@example.com`);
      for (const email of people) await runCliHere(['user', 'create', email, '--invite'], { app });
      await runCliHere(['user', 'list'], { app: { ...app, signIn: people } });
      const dataSource = await new DataSource({ ...app.database }).initialize();
      const cameFrom = (address: string) => dataSource.query('UPDATE user_session SET ip = ?', [address]);
      await cameFrom('10.0.0.7');
      const found = only(await examine(off));
      await cameFrom('192.0.2.7');
      const unsure = only(await examine(off));
      await dataSource.destroy();
      expect(found.severity).to.equal('error');
      expect(found.problem).to.include('10.0.0.7');
      expect(unsure.severity).to.equal('warning');
    });

    it('and else warns in production alone', async () => {
      expect(only(await examine(off))).to.include({ severity: 'warning', check: 'trust-proxy' });
      expect(findingsOf(await examine(off, {}))).to.deep.equal([]);
    });

    it('and warns of trusting everybody', async () => {
      const { severity, problem } = only(await examine({ trustProxy: true }));
      expect(severity).to.equal('warning');
      expect(problem).to.include('`trust proxy` is true');
    });
  });
});
