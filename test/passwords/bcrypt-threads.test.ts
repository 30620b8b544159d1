import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { availableParallelism, constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import bcrypt from 'bcrypt';
import { expect } from 'chai';
import { BcryptThreads } from '../../src/passwords/bcrypt-threads.js';

const LOW = constants.priority.PRIORITY_BELOW_NORMAL;
const COMPILED = fileURLToPath(new URL('../../src/passwords/bcrypt-threads.js', import.meta.url));
const PACKAGES = fileURLToPath(new URL('../../../node_modules', import.meta.url));
const PERMISSION = ['--permission', '--experimental-permission'].find((flag) =>
  process.allowedNodeEnvironmentFlags.has(flag),
) as string;

const quickSalt = bcrypt.genSaltSync(4);

/**
 * Runs a script in a process of its own, so that no other suite's threads are counted, and gives what it returns. The script has
 * `threads`, `hash(password)` by them and `lowThreads()`, how many threads of the process have the priority of hashes.
 */
async function inProcess<T>(
  script: string,
  { module = COMPILED, flags = [] }: { module?: string; flags?: readonly string[] } = {},
): Promise<{ result: T; warnings: string }> {
  const source = `
    import { readdirSync, readFileSync } from 'node:fs';
    import { availableParallelism, getPriority } from 'node:os';
    import { setTimeout as sleep } from 'node:timers/promises';
    import { BcryptThreads } from ${JSON.stringify(module)};
    let threads = new BcryptThreads();
    const hash = (password) => threads.hash(password, ${JSON.stringify(quickSalt)});
    // proc_pid_stat(5), the nineteenth field. A thread may end after it was listed.
    const niceValue = (id) => {
      try {
        return Number(readFileSync('/proc/self/task/' + id + '/stat', 'utf8').split(') ')[1].split(' ')[16]);
      } catch (error) {
        if (!['ENOENT', 'ESRCH'].includes(error.code)) throw error;
      }
    };
    const lowThreads = () => readdirSync('/proc/self/task').filter((id) => niceValue(id) === ${LOW}).length;
    console.log(JSON.stringify(await (async () => { ${script} })()));`;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...flags, '--input-type=module', '--eval', source], {
    timeout: 20_000,
  });
  return { result: JSON.parse(stdout), warnings: stderr };
}

const HASH_TWICE = `
  await hash('the first');
  return { second: await hash('correct horse'), lowThreads: lowThreads() };`;

/** Two hashes are made, none by a thread, and one warning is given. */
async function expectPool(options: Parameters<typeof inProcess>[1], reason: RegExp): Promise<void> {
  const { result, warnings } = await inProcess(HASH_TWICE, options);
  expect(result).to.deep.equal({ second: bcrypt.hashSync('correct horse', quickSalt), lowThreads: 0 });
  expect(warnings).to.match(reason);
  expect(warnings.split("in libuv's pool")).to.have.length(2);
}

describe('BcryptThreads', () => {
  it('makes the hashes that bcrypt makes, of text and of bytes', async () => {
    const threads = new BcryptThreads();
    for (const password of [
      '',
      'correct horse',
      'é'.repeat(36),
      '\ud800 alone',
      Buffer.from([0xc3]),
      Buffer.from('correct horse'),
    ]) {
      expect(await threads.hash(password, quickSalt)).to.equal(await bcrypt.hash(password, quickSalt));
    }
  });

  it('gives each his own, however many ask at once', async () => {
    const threads = new BcryptThreads();
    const passwords = Array.from({ length: 50 }, (_, index) => `password ${index}`);
    const hashes = await Promise.all(passwords.map((password) => threads.hash(password, quickSalt)));
    expect(hashes).to.deep.equal(passwords.map((password) => bcrypt.hashSync(password, quickSalt)));
  });

  it('refuses a hash that cannot be made, and makes the next', async () => {
    const threads = new BcryptThreads();
    const refused = await threads.hash('correct horse', 'no salt').catch((error: unknown) => error);
    expect(refused).to.be.an.instanceOf(Error);
    expect(await threads.hash('correct horse', quickSalt)).to.equal(bcrypt.hashSync('correct horse', quickSalt));
  });

  it('lets the process end while its threads rest, and not before', async () => {
    const { result } = await inProcess<string>("return hash('correct horse')");
    expect(result).to.equal(bcrypt.hashSync('correct horse', quickSalt));
  });

  it('hashes in the pool of libuv where Node allows no threads', () =>
    expectPool({ flags: [PERMISSION, '--allow-fs-read=*', '--allow-addons'] }, /restricted/));

  it('hashes in the pool of libuv where a bundle has left the script of its threads behind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
    try {
      copyFileSync(COMPILED, join(folder, 'bundle.mjs'));
      symlinkSync(PACKAGES, join(folder, 'node_modules'));
      await expectPool({ module: join(folder, 'bundle.mjs') }, /bcrypt-thread\.js/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  // Elsewhere no thread has a priority of its own.
  (process.platform === 'linux' ? describe : describe.skip)('on Linux', () => {
    it('leaves the processors to the event loop first', async () => {
      const { result } = await inProcess(`
        await hash('correct horse');
        return { lowThreads: lowThreads(), priority: getPriority() };`);
      expect(result).to.deep.equal({ lowThreads: 1, priority: 0 });
    });

    it('starts at most a thread for each processor, and none while one rests', async () => {
      const { result } = await inProcess(`
        const counts = [];
        for (const atOnce of [1, 1, 1, ...Array(3).fill(availableParallelism() * 5)]) {
          await Promise.all(Array.from({ length: atOnce }, () => hash('correct horse')));
          counts.push(lowThreads());
        }
        return counts;`);
      expect(result).to.deep.equal([1, 1, 1, ...Array(3).fill(availableParallelism())]);
    });

    it('ends a thread that rests, and starts another at the next need', async () => {
      const { result } = await inProcess<string>(`
        threads = new BcryptThreads(50);
        await hash('correct horse');
        while (lowThreads() > 0) await sleep(10);
        return hash('correct horse');`);
      expect(result).to.equal(bcrypt.hashSync('correct horse', quickSalt));
    });
  });
});
