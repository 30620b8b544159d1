import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { type Driver, drivers } from '../support/databases.js';
import { inEnvironment } from './support/import-app.js';
import { ImportFolder, someHash } from './support/import-folder.js';

const [sqlite] = drivers.filter(({ name }) => name === 'better-sqlite3');

describe('rcu import', () => {
  let folder: ImportFolder;

  beforeEach(async function () {
    if (sqlite === undefined) return this.skip();
    folder = await ImportFolder.make(sqlite);
  });

  afterEach(() => folder?.remove());

  const emails = async () => (await folder.people()).map(({ email }) => email);

  describe('--map and --ignore-unknown', () => {
    it('rename columns, and leave those out that are none', async () => {
      await folder.write('old.csv', 'mail,pw,legacy\nada@example.com,,x\n');
      expect(
        (await folder.import('old.csv', '--map', 'mail=email', '--map', 'pw=hashedPassword', '--ignore-unknown')).exitCode,
      ).to.equal(0);
      await folder.write('old.jsonl', '{"mail":"bob@example.com","legacy":1}\n');
      expect((await folder.import('old.jsonl', '--map', 'mail=email', '--ignore-unknown')).exitCode).to.equal(0);
      expect(await emails()).to.deep.equal(['ada@example.com', 'bob@example.com']);
    });

    for (const [header, options, sentence] of [
      ['email,firstname', [], '"firstname" is no field of your Person, did you mean firstName?'],
      ['email,password', [], '"password" is no field of your Person'],
      ['email,securityStamp', [], '"securityStamp" is no field of your Person'],
      ['mail,firstName', ['--ignore-unknown'], 'no column is the field email, which every user has to have'],
      ['email,name', ['--map', 'mail=email', '--ignore-unknown'], '--map: the file has no column "mail"'],
      ['email,mail', ['--map', 'mail=email'], 'two columns are the field email'],
      ['email,name', ['--map', 'name=fullName'], '--map name=fullName: "fullName" is no field of your Person'],
    ] as const) {
      it(`refuse ${[header, ...options].join(' ')} before anything is imported`, async () => {
        await folder.write('users.csv', `${header}\nada@example.com,Ada\n`);
        const { exitCode, stderr } = await folder.import('users.csv', ...options);
        expect(stderr).to.include(sentence);
        expect(exitCode).to.equal(1);
        expect(await emails()).to.deep.equal([]);
        expect(await folder.files()).to.deep.equal(['users.csv']);
      });
    }

    it('tell an unknown field of a JSON line as a bad line', async () => {
      await folder.write(
        'users.jsonl',
        '{"email":"ada@example.com","firstname":"Ada"}\n{"email":"bob@example.com","points":"x","firstName":5}\n',
      );
      const { rejected } = await folder.import('users.jsonl');
      expect(rejected.flatMap(({ reasons }) => reasons.map((reason) => reason.slice(0, 34)))).to.deep.equal([
        '"firstname" is no field of your Pe',
        'points must be a whole number',
        'firstName must be a text',
      ]);
    });
  });

  it('--dry-run tells all that is known beforehand, and writes nothing', async () => {
    await folder.withApp(({ users }) => users.manager.importUser({ email: 'there@example.com' }));
    const lines = ['email,hashedPassword', 'ada@example.com,', 'there@example.com,', 'ADA@example.com,', 'bob@example.com,x'];
    await folder.write('users.csv', lines.join('\n'));
    const { json, exitCode, rejected } = await folder.import('users.csv', '--dry-run', '--json');
    expect(json).to.include({ dryRun: true, imported: 1, bad: 3 });
    expect(rejected.map(({ line }) => line)).to.deep.equal([3, 4, 5]);
    expect(exitCode).to.equal(1);
    expect(await emails()).to.deep.equal(['there@example.com']);
  });

  it('--max-bad ends the import behind the batch that has too many bad lines', async () => {
    const good = Array.from({ length: 1500 }, (_, index) => `u${index}@example.com`);
    await folder.write('users.csv', ['email', 'bad', 'bad', ...good].join('\n'));
    const { exitCode, stderr, json } = await folder.import('users.csv', '--max-bad', '1', '--json');
    expect(json).to.include({ end: 'given up', read: 1000, imported: 998, bad: 2 });
    expect(stderr).to.include('given up past 1 bad line');
    expect(exitCode).to.equal(1);
    const again = await folder.import('users.csv', '--max-bad', '2', '--json');
    expect(again.json).to.include({ end: 'finished', read: 1502, imported: 1500, bad: 2 });
  });

  it('--allow-bad ends with 0, and --rejected says where bad lines are told', async () => {
    await folder.write('users.csv', 'email\nbad\n');
    const elsewhere = folder.file('elsewhere.jsonl');
    expect((await folder.import('users.csv', '--allow-bad', '--rejected', elsewhere)).exitCode).to.equal(0);
    expect(JSON.parse(await readFile(elsewhere, 'utf8'))).to.deep.equal({ line: 2, reasons: ['email is no e-mail address'] });
  });

  it('reads stdin, where --format says what it is', async () => {
    const bare = await folder.importApart('-', [], 'email\nada@example.com\n');
    expect(bare.exitCode).to.equal(2);
    expect(bare.stderr).to.include('add --format csv or --format jsonl');
    const rejected = ['--rejected', folder.file('rejected.jsonl')];
    const { stderr, exitCode } = await folder.importApart('-', ['--format', 'csv', ...rejected], 'email\nada@example.com\n');
    expect(exitCode, stderr).to.equal(0);
    expect(await emails()).to.deep.equal(['ada@example.com']);
  });

  it('tells what keeps it from a file', async () => {
    expect((await folder.import('none.csv')).stderr).to.match(/^rcu: .*none\.csv cannot be read: ENOENT/);
    await folder.write('empty.csv', '');
    expect((await folder.import('empty.csv')).stderr).to.include('the file is empty');
  });

  describe('that was stopped', () => {
    const lines = Array.from({ length: 2500 }, (_, index) => `u${index}@example.com`);

    beforeEach(async () => {
      await folder.write('users.csv', ['email', 'bad', ...lines].join('\n'));
      await folder.import('users.csv', '--max-bad', '0');
    });

    it('keeps its state for its owner alone, in a file beside', async () => {
      expect(await folder.files()).to.have.members(['users.csv', 'users.csv.import-state.json', 'users.csv.rejected.jsonl']);
      expect((await stat(folder.file('users.csv.import-state.json'))).mode & 0o777).to.equal(0o600);
      const { read, imported, bad } = JSON.parse(await readFile(folder.file('users.csv.import-state.json'), 'utf8'));
      expect({ read, imported, bad }).to.deep.equal({ read: 1000, imported: 999, bad: 1 });
    });

    it('goes on where it was, and removes the state at the end', async () => {
      expect((await folder.import('users.csv', '--json')).json).to.include({
        end: 'finished',
        read: 2501,
        imported: 2500,
        bad: 1,
      });
      expect(await folder.files()).to.have.members(['users.csv', 'users.csv.rejected.jsonl']);
      expect(await emails()).to.deep.equal(lines.toSorted());
    });

    it('knows its own users again where it was killed between the commit and the state', async () => {
      const state = folder.file('users.csv.import-state.json');
      const before = { read: 0, imported: 0, bad: 0, rejectedBytes: 0 };
      await folder.write(
        'users.csv.import-state.json',
        JSON.stringify({ ...JSON.parse(await readFile(state, 'utf8')), ...before }),
      );
      await folder.withApp(async ({ users }) => {
        // He has signed up anew meanwhile; she has only changed her name.
        const [he, she] = [await users.manager.findByEmail('u7@example.com'), await users.manager.findByEmail('u8@example.com')];
        if (he === null || she === null) throw new Error('they are not there');
        await users.manager.delete(he);
        await users.manager.importUser({ email: 'u7@example.com' });
        await users.manager.update(she, { firstName: 'She' });
      });
      const { json, rejected } = await folder.import('users.csv', '--json');
      expect(json).to.include({ end: 'finished', read: 2501, imported: 2499, bad: 2 });
      expect(rejected.map(({ line }) => line)).to.deep.equal([2, 10]);
      expect(await emails()).to.deep.equal(lines.toSorted());
    });

    it('refuses another file of that name', async () => {
      await folder.write('users.csv', ['email', ...lines].join('\n'));
      const { exitCode, stderr } = await folder.import('users.csv');
      expect(stderr).to.match(/the file is not the one that .* tells of, of which 1000 records are done/);
      expect(exitCode).to.equal(1);
    });

    it('refuses a state that is none, and a dry run beside', async () => {
      expect((await folder.import('users.csv', '--dry-run')).stderr).to.include('finish it first');
      await folder.write('users.csv.import-state.json', '{"version":1}');
      expect((await folder.import('users.csv')).stderr).to.include('is no state of an import');
    });

    it('goes on from stdin by count, where --state says where it was', async () => {
      const options = [
        '--format',
        'csv',
        '--state',
        folder.file('state.json'),
        '--rejected',
        folder.file('rejected.jsonl'),
        '--json',
      ];
      const text = ['email', 'bad', ...lines.map((line) => `stdin-${line}`)].join('\n');
      expect((await folder.importApart('-', [...options, '--max-bad', '0'], text)).json).to.include({ read: 1000, bad: 1 });
      const short = await folder.importApart('-', options, 'email\nbad\n');
      expect(short.stderr).to.include('there are 999 records less than this import has done already');
      expect((await folder.importApart('-', options, text)).json).to.include({ end: 'finished', imported: 2500, bad: 1 });
    });
  });

  it('stops behind the batch at hand on Ctrl-C, and says how to go on', async () => {
    const lines = Array.from({ length: 30_000 }, (_, index) => `u${index}@example.com,${someHash(index)}`);
    await folder.write('users.csv', ['email,hashedPassword', ...lines].join('\n'));
    const program = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
    const child = spawn(process.execPath, [program, ...folder.command('users.csv', '--json')], {
      env: { ...process.env, ...inEnvironment(folder.app) },
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    const closed = once(child, 'close');
    await folder.untilSome('users.csv');
    child.kill('SIGINT');
    await closed;
    expect(child.exitCode, stderr).to.equal(130);
    expect(stderr).to.match(/stopped at \d+000 records; the same command goes on from there/);
  });

  describe('in an app with hooks, or a manager of its own', () => {
    const made: ImportFolder[] = [];
    const folderOf = async (driver: Driver, settings: { hook?: true; poets?: true }) => {
      const own = await ImportFolder.make(driver, settings);
      made.push(own);
      await own.write('users.csv', 'email\nada@example.com\nrefused@example.com\nbob@example.com\n');
      return own;
    };

    after(() => Promise.all(made.map((own) => own.remove())));

    it('runs @DuringRegister, which may refuse, and no hook of a registration', async () => {
      if (sqlite === undefined) return;
      const own = await folderOf(sqlite, { hook: true });
      const { rejected, stderr } = await own.import('users.csv');
      expect(rejected).to.deep.equal([{ line: 3, email: 'refused@example.com', reasons: ['nobody wants him'] }]);
      expect(stderr).not.to.include('somebody registered');
      expect((await own.people()).map(({ email }) => email)).to.deep.equal(['ada@example.com', 'bob@example.com']);
    });

    it("calls the app's own importUser", async () => {
      if (sqlite === undefined) return;
      const own = await folderOf(sqlite, { poets: true });
      expect((await own.import('users.csv')).exitCode).to.equal(0);
      expect((await own.people()).map(({ firstName }) => firstName)).to.deep.equal(['Poet', 'Poet', 'Poet']);
    });
  });
});
