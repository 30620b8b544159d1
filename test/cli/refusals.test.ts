import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { root } from '../docs/pages.js';
import type { AppSettings } from './support/app-settings.js';
import { runCli, runCliHere, SET_UP } from './support/run-cli.js';

describe('rcu, where it cannot do what it is asked', () => {
  let folder: string;
  let app: AppSettings;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'users-cli-'));
    app = { database: { type: 'better-sqlite3', database: join(folder, 'test.sqlite'), enableWAL: true }, synchronize: true };
    await runCliHere(['user', 'create', 'sue@example.com', '--superuser', '--invite'], { app });
  });

  after(() => rm(folder, { recursive: true, force: true }));

  async function moduleOf(text: string, name = 'users.mjs'): Promise<string> {
    const file = join(folder, name);
    await writeFile(file, text);
    return file;
  }

  const refused = async (args: readonly string[], withApp = true) => {
    const { exitCode, stdout, stderr } = await runCliHere(args, withApp ? { app } : {});
    expect(stdout).to.equal('');
    return { exitCode, stderr };
  };

  describe('ends with 2, and does nothing, where it is not understood', () => {
    for (const [args, sentence] of [
      [['usr'], "rcu: unknown command 'usr' (Did you mean user?)"],
      [['user', 'create'], "rcu: missing required argument 'email'"],
      [['user', 'list', '--limit', '0'], 'It is a whole number from 1 to 100.'],
      [['user', 'list', '--page', '2'], "rcu: unknown option '--page'"],
      [['user', 'list'], "rcu: name the module that sets the app's users up"],
      [['user', 'create', 'a@example.com', '--invite', '--password-stdin'], 'rcu: --invite and --password-stdin'],
    ] as const) {
      it(`rcu ${args.join(' ')}`, async () => {
        const { exitCode, stderr } = await refused(args, false);
        expect(exitCode).to.equal(2);
        expect(stderr).to.include(sentence);
      });
    }

    for (const [setting, sentence] of [
      ['firstname=Ada', 'did you mean firstName?'],
      ['isSuperuser=true', 'isSuperuser is no field'],
      ['hashedPassword=x', 'hashedPassword is no field'],
      ['points=many', 'points must be a whole number'],
      ['Ada', '--set takes name=value'],
      [`firstName=${'x'.repeat(51)}`, 'firstName has more than 50 characters'],
    ] as const) {
      it(`--set ${setting}`, async () => {
        const { exitCode, stderr } = await refused(['user', 'create', 'a@example.com', '--invite', '--set', setting]);
        expect(exitCode).to.equal(2);
        expect(stderr).to.include(sentence);
      });
    }
  });

  describe("ends with 1, and one sentence, where the app's rules or its data refuse", () => {
    for (const [args, sentence] of [
      [['user', 'show', 'nobody@example.com'], 'rcu: there is no user nobody@example.com'],
      [['user', 'show', '\x1B[31m'], 'rcu: there is no user \uFFFD[31m'],
      [['user', 'create', 'sue@example.com', '--invite'], 'rcu: There is an account with this address already.'],
      [['user', 'create', 'nobody', '--invite'], 'rcu: email must be an e-mail address'],
      [['user', 'list', '--cursor', 'x'], 'rcu: cursor must be the nextCursor of a page'],
      [['sessions', 'end', 'sue@example.com', '--session', 'x', '--yes'], 'rcu: sue@example.com has no session x'],
    ] as const) {
      it(JSON.stringify(args.map((arg) => arg.slice(0, 20)).join(' ')), async () => {
        const { exitCode, stderr } = await refused(args);
        expect(exitCode).to.equal(1);
        expect(stderr).to.include(sentence);
        expect(stderr).not.to.match(/^ +at |--debug/m);
      });
    }

    it('a password that the rules refuse', async () => {
      const run = await runCliHere(['user', 'create', 'a@example.com', '--password-stdin'], { app, input: 'password1\n' });
      expect(run).to.include({ exitCode: 1, stdout: '' });
      expect(run.stderr)
        .to.match(/^rcu: The password is too common\./m)
        .and.not.include('password1');
    });

    it('an invitation that no hook would send', async () => {
      const run = await runCliHere(['user', 'create', 'a@example.com', '--invite'], { app: { ...app, hooks: false } });
      expect(run.exitCode).to.equal(1);
      expect(run.stderr).to.include('add an @OnInvite() method');
      expect((await refused(['user', 'show', 'a@example.com'])).exitCode).to.equal(1);
    });
  });

  describe('says of a set-up module what to write', () => {
    for (const [title, name, text, sentence] of [
      ['that is not there', '', '', 'there is no file'],
      ['that exports nothing of use', 'nothing.mjs', 'export const other = 1;', 'exports no users: write `export const users'],
      ['whose users are of another copy', 'copy.mjs', 'export const users = { manager: {}, routing() {} };', 'another copy of'],
      ['that throws', 'throws.mjs', "throw new Error('no luck');", 'ends with an error: no luck'],
      ['whose import is missing', 'import.mjs', "import './missing.mjs';", 'ends with an error: Cannot find module'],
      ['that is TypeScript', 'users.ts', 'export const users: number = 1;', 'name the compiled file'],
      [
        'whose options have a fault',
        'fault.mjs',
        `class UsersSetupError extends Error { name = 'UsersSetupError' } throw new UsersSetupError('secret has 3 bytes');`,
        'rcu: secret has 3 bytes',
      ],
    ] as const) {
      it(title, async () => {
        const file = name === '' ? join(folder, 'gone.js') : await moduleOf(text, name);
        const { exitCode, stderr } = await refused(['user', 'list', '-s', file], false);
        expect(exitCode).to.equal(1);
        expect(stderr).to.include(sentence);
      });
    }
  });

  describe('takes a set-up module', () => {
    const setUp = JSON.stringify(SET_UP);
    for (const [title, name, text] of [
      [
        'that exports a promise by default',
        'promise.mjs',
        `import { users } from ${setUp}; export default users().then((app) => app.users);`,
      ],
      ['that exports a function by default', 'function.mjs', `import { users } from ${setUp}; export default users;`],
      ['in CommonJS', 'set-up.cjs', `const { users } = require(${setUp}); module.exports = users;`],
      [
        'that was compiled to CommonJS',
        'compiled.cjs',
        `const { users } = require(${setUp}); Object.defineProperty(exports, '__esModule', { value: true }); exports.users = users().then((app) => app.users);`,
      ],
      [
        'that was compiled to CommonJS, and gives all of the app by default',
        'whole.cjs',
        `const { users } = require(${setUp}); Object.defineProperty(exports, '__esModule', { value: true }); exports.default = async () => ({ users: (await users()).users });`,
      ],
    ] as const) {
      it(title, async () => {
        const file = await moduleOf(text, name);
        const run = await runCli(['user', 'list', '--json', '-s', file], { environment: { RCU_TEST_APP: JSON.stringify(app) } });
        expect(run.exitCode, run.stderr).to.equal(0);
        expect(run.json).to.nested.include({ 'items[0].email': 'sue@example.com' });
      });
    }
  });

  it('closes the app before it ends, whether it did what was asked or not', async () => {
    const file = await moduleOf(
      `import { setTimeout } from 'node:timers/promises';
      import { users } from ${JSON.stringify(SET_UP)};
      const close = (app) => async () => {
        await setTimeout(50);
        await app.close();
        console.log('closed');
      };
      export default users().then((app) => ({ ...app.users, close: close(app.users) }));`,
      'closing.mjs',
    );
    for (const [email, exitCode] of [
      ['sue@example.com', 0],
      ['nobody@example.com', 1],
    ] as const) {
      const run = await runCli(['user', 'show', email, '-s', file], { environment: { RCU_TEST_APP: JSON.stringify(app) } });
      expect(run.exitCode, run.stderr).to.equal(exitCode);
      expect(run.stderr).to.include('closed');
    }
  });

  it('shows all controllers of a module that exports no `routing`, and says so', async () => {
    const file = await moduleOf(
      `import { users } from ${JSON.stringify(SET_UP)}; export default users().then((app) => app.users);`,
    );
    const run = await runCliHere(['routes', '-s', file], { environment: { RCU_TEST_APP: JSON.stringify(app) } });
    expect(run).to.include({ exitCode: 0 });
    expect(run.stderr).to.include('exports no `routing`');
    expect(run.stdout).to.match(/^GET +\/reports\/all +EVERYBODY, UNMARKED/m);
  });

  it('tells where an unexpected failure came from, by --debug', async () => {
    const file = await moduleOf("throw new Error('no luck');", 'debug.mjs');
    expect((await refused(['user', 'list', '-s', file], false)).stderr).to.include('--debug');
    expect((await refused(['user', 'list', '-s', file, '--debug'], false)).stderr).to.match(/^ +at .*debug\.mjs/m);
  });

  it('tells which database does not answer', async () => {
    const database = { type: 'postgres', url: 'postgres://nobody:secret@127.0.0.1:1/none' } as const;
    const { exitCode, stderr } = await runCliHere(['user', 'list'], { app: { database } });
    expect(exitCode).to.equal(1);
    expect(stderr).to.include('ECONNREFUSED').and.not.include('secret');
  });

  it('ends in peace where its reader has read enough', async () => {
    expect(await runCli(['--help'], { readsNothing: true })).to.include({ exitCode: 0, stderr: '' });
  });

  it('shows its version, and the help of a command with the options that all have', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(await runCliHere(['--version'])).to.include({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
    const { exitCode, stdout, stderr } = await runCliHere(['user', 'list', '--help']);
    expect({ exitCode, stderr }).to.deep.equal({ exitCode: 0, stderr: '' });
    expect(stdout)
      .to.match(/^Usage: rcu user list /)
      .and.match(/^ +-s, --setup <file> /m)
      .and.match(/\S\n$/);
  });

  it('makes a secret that setupUsers takes', async () => {
    const { secret } = (await runCliHere(['secret', '--json'])).json as { secret: string };
    expect(Buffer.byteLength(secret)).to.be.at.least(32);
    expect((await runCliHere(['secret'])).stdout)
      .to.match(/^[\w-]{43}\n$/)
      .and.not.equal(`${secret}\n`);
  });
});
