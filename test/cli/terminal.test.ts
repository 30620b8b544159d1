import { expect } from 'chai';
import { drivers, type TestDatabase } from '../support/databases.js';
import type { AppSettings } from './support/app-settings.js';
import { runCli, runCliHere, typeToCli } from './support/run-cli.js';

const ADA = 'ada@example.com';
const PASSWORD = 'analytical engine';

describe('rcu in a terminal', () => {
  const [driver] = drivers.filter(({ name }) => name === 'better-sqlite3');
  let database: TestDatabase;
  let app: AppSettings;

  before(async function () {
    if (driver === undefined) return this.skip();
    database = await driver.createDatabase();
    app = { database: database.dataSourceOptions(), synchronize: true };
  });

  after(() => database?.drop());

  it('asks for a new password until it is typed twice alike, and shows nothing of it', async () => {
    const typed = [
      { at: 'New password: ', text: `${PASSWORD}\r` },
      { at: 'The same again: ', text: 'analytical engin\r' },
      // The second answer is typed ahead of its question.
      { at: 'New password: ', text: `${PASSWORD}\r${PASSWORD}\r` },
    ];
    const { exitCode, stdout } = await typeToCli(['user', 'create', ADA, '--superuser', '--verified'], typed, { app });
    expect(exitCode, stdout).to.equal(0);
    expect(stdout)
      .to.include('These are two passwords.')
      .and.to.match(/email +ada@example\.com/);
    expect(stdout).not.to.include('analytical');
  });

  it('ends with 1, and does nothing, where a new password is never typed twice alike', async () => {
    const twice = [
      { at: 'New password: ', text: `${PASSWORD}\r` },
      { at: 'The same again: ', text: 'analytical engin\r' },
    ];
    const typed = [...twice, ...twice, ...twice];
    const { exitCode, stdout } = await typeToCli(['user', 'create', 'ben@example.com'], typed, { app });
    expect(exitCode, stdout).to.equal(1);
    expect(stdout.match(/These are two passwords\./g)).to.have.lengthOf(3);
    expect(stdout).to.include('rcu: the passwords differed three times: nothing was done');
  });

  it('asks before a user is deleted, and does nothing at any answer but yes', async () => {
    const { exitCode, stdout } = await typeToCli(['user', 'delete', ADA], [{ at: '[y/N] ', text: '\r' }], { app });
    expect(exitCode).to.equal(1);
    expect(stdout).to.include(`Delete ${ADA} for good?`).and.to.include('rcu: nothing was done');
  });

  it('ends with 130 at Ctrl-C', async () => {
    const { exitCode, stdout } = await typeToCli(['user', 'password', ADA], [{ at: 'New password: ', text: '\x03' }], { app });
    expect(exitCode).to.equal(130);
    expect(stdout).to.include('rcu: cancelled: nothing was done');
  });

  it('does what was asked at yes', async () => {
    await runCliHere(['user', 'create', 'sue@example.com', '--superuser', '--invite'], { app });
    const { exitCode, stdout } = await typeToCli(['user', 'disable', ADA], [{ at: '[y/N] ', text: 'y\r' }], { app });
    expect(exitCode, stdout).to.equal(0);
    expect(stdout).to.include(`${ADA} is disabled; 0 sessions ended.`);
  });

  describe('in a pipe', () => {
    for (const command of ['disable', 'delete']) {
      it(`does not ${command} without --yes, since nobody answers`, async () => {
        const { exitCode, stdout, stderr } = await runCliHere(['user', command, 'sue@example.com'], { app, input: 'y\n' });
        expect({ exitCode, stdout }).to.deep.equal({ exitCode: 2, stdout: '' });
        expect(stderr).to.include('add --yes');
      });
    }

    it('asks for no password', async () => {
      const { exitCode, stderr } = await runCliHere(['user', 'password', ADA], { app, input: PASSWORD });
      expect(exitCode).to.equal(2);
      expect(stderr).to.include('--password-stdin');
    });

    it('takes no password from the arguments', async () => {
      const { exitCode, stderr } = await runCliHere(['user', 'create', 'ivan@example.com', '--password', PASSWORD], { app });
      expect(exitCode).to.equal(2);
      expect(stderr).to.include("unknown option '--password'").and.not.to.include(PASSWORD);
      const set = await runCliHere(['user', 'create', 'ivan@example.com', '--set', `password=${PASSWORD}`], { app });
      expect(set.exitCode).to.equal(2);
    });

    it("keeps the app's own lines off stdout, where JSON is alone", async () => {
      const { json, stderr } = await runCli(['user', 'create', 'vera@example.com', '--invite', '--json'], { app });
      expect(json).to.include({ email: 'vera@example.com' });
      expect(stderr).to.include('invited vera@example.com').and.to.include('event registered');
    });

    it('shows what a person chose for his name, and does not obey it', async () => {
      const hostile = 'Eve\x1B]0;owned\x07\x1B[2J\u202Etxt\u009B31m';
      await runCliHere(['user', 'create', 'eve@example.com', '--set', `firstName=${hostile}`, '--invite'], { app });
      const shown = await runCliHere(['user', 'show', 'eve@example.com'], { app });
      expect(shown.stdout).to.match(/^firstName +Eve\uFFFD\]0;owned\uFFFD\uFFFD\[2J\uFFFDtxt\uFFFD31m$/m);
      const { json, stdout } = await runCliHere(['user', 'show', 'eve@example.com', '--json'], { app });
      expect(json).to.include({ firstName: hostile });
      expect(stdout).not.to.match(/(?!\n)[\p{Cc}\u202E]/u);
    });

    it('never shows a hash or a stamp', async () => {
      const { stdout } = await runCliHere(['user', 'list', '--json'], { app });
      expect(stdout).not.to.match(/hashedPassword|securityStamp|\$2b\$/);
    });
  });
});
