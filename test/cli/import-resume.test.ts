import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { drivers } from '../support/databases.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { isFullSize } from '../support/test-size.js';
import { type ImportAppSettings, inEnvironment } from './support/import-app.js';
import { ImportFolder, type ImportRun, someHash } from './support/import-folder.js';
import { runCli } from './support/run-cli.js';

const LINES = isFullSize ? 1_000_000 : 20_000;
const KILLS = 3;
const PROGRAM = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

/** Every thousandth line has a fault, every 997th the address of the one before. */
const isBad = (index: number) => index % 1000 === 500;
const isDouble = (index: number) => index % 997 === 100;

describe(`rcu import of ${LINES} lines, killed at random`, function () {
  this.timeout(isFullSize ? 3_600_000 : 120_000);

  for (const driver of drivers.filter(({ name }) => name === 'better-sqlite3' || name === 'postgres')) {
    describe(`on ${driver.name}`, () => {
      let folder: ImportFolder;
      let result: ImportRun;
      const indexes = Array.from({ length: LINES }, (_, index) => index);
      const emailAt = (index: number) => `user${String(index).padStart(7, '0')}@example.com`;

      before(async function () {
        if (!driver.available) return this.skip();
        folder = await ImportFolder.make(driver);
        await folder.people();
        const lines = indexes.map((index) => {
          if (isBad(index)) return `user${index},${someHash(index)}`;
          return `${emailAt(isDouble(index) ? index - 1 : index)},${someHash(index)}`;
        });
        await folder.write('users.csv', `email,hashedPassword\n${lines.join('\n')}\n`);
        const done = [];
        for (let kills = 0; kills < KILLS; kills += 1) {
          const child = start(folder);
          const closed = once(child, 'close');
          const before = await folder.progressOf('users.csv');
          await folder.untilSome('users.csv', before + 1000);
          await sleep(Math.random() * 200);
          child.kill('SIGKILL');
          await closed;
          done.push(await folder.progressOf('users.csv'));
        }
        expect(done).to.satisfy((counts: number[]) => counts.every((count) => count > 0 && count < LINES), done.join());
        result = await folder.importApart('users.csv', ['--json']);
      });

      after(() => folder?.remove());

      it('loses no line, and takes none twice', async () => {
        const expected = indexes.filter((index) => !isBad(index) && !isDouble(index));
        const people = await folder.people();
        expect(people.length).to.equal(expected.length);
        expect(people.every(({ email }, place) => email === emailAt(expected[place] ?? 0))).to.equal(true);
        expect(people.every(({ hashedPassword }, place) => hashedPassword === someHash(expected[place]))).to.equal(true);
      });

      it('tells each bad line once, and counts as if nothing had happened', async () => {
        const expected = indexes.filter((index) => isBad(index) || isDouble(index));
        expect(result.rejected.map(({ line }) => line - 2)).to.deep.equal(expected);
        expect(result.json).to.include({ end: 'finished', read: LINES, imported: LINES - expected.length, bad: expected.length });
        expect(await folder.files()).to.deep.equal(['users.csv', 'users.csv.rejected.jsonl']);
      });
    });
  }
});

describe('rcu import, where the connection to the database breaks', () => {
  const [postgres] = drivers.filter(({ name, available }) => name === 'postgres' && available);
  const emails = Array.from({ length: 5000 }, (_, index) => `u${index}@example.com`).sort();
  let folder: ImportFolder;
  let proxy: TcpProxy;
  let app: ImportAppSettings;

  before(async function () {
    if (postgres === undefined) return this.skip();
    folder = await ImportFolder.make(postgres);
    const { database } = folder.app;
    if (database.type !== 'postgres') throw new Error('this is another database');
    const url = new URL(database.url);
    proxy = await TcpProxy.to(url.hostname, Number(url.port));
    url.port = String(proxy.port);
    app = { database: { type: 'postgres', url: url.href } };
    await folder.write('users.csv', `email\n${emails.join('\n')}\n`);
  });

  after(async () => {
    await proxy?.close();
    await folder?.remove();
  });

  it('waits until it is back, and loses none', async () => {
    const importing = runCli(folder.command('users.csv', '--json'), { environment: inEnvironment(app) });
    await folder.untilSome('users.csv');
    proxy.cut();
    await sleep(700);
    proxy.mend();
    const { json, exitCode, stderr } = await importing;
    expect(exitCode, stderr).to.equal(0);
    expect(json).to.include({ end: 'finished', read: 5000, imported: 5000, bad: 0 });
    expect((await folder.people()).map(({ email }) => email)).to.deep.equal(emails);
  });
});

function start(folder: ImportFolder): ChildProcess {
  const env = { ...process.env, ...inEnvironment(folder.app) };
  return spawn(process.execPath, [PROGRAM, ...folder.command('users.csv')], { env, stdio: 'ignore' });
}
