import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { availableParallelism, constants, getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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

/** The nice values of a process' threads: proc_pid_stat(5), the nineteenth field. */
const NICE_VALUES = `readdirSync('/proc/self/task').map((id) =>
  Number(readFileSync('/proc/self/task/' + id + '/stat', 'utf8').split(') ')[1].split(' ')[16]))`;

/** A process that makes two hashes with the compiled module at a path, and then has nothing to do. */
async function inProcess(
  module: string,
  flags: readonly string[] = [],
): Promise<{ hash: string; lowThreads: number; warnings: string }> {
  const script = `
    import { readdirSync, readFileSync } from 'node:fs';
    import { BcryptThreads } from ${JSON.stringify(module)};
    const threads = new BcryptThreads();
    await threads.hash('the first', ${JSON.stringify(quickSalt)});
    const hash = await threads.hash('correct horse', ${JSON.stringify(quickSalt)});
    console.log(JSON.stringify({ hash, lowThreads: ${NICE_VALUES}.filter((nice) => nice === ${LOW}).length }));`;
  const argv = [...flags, '--input-type=module', '--eval', script];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, argv, { timeout: 20_000 });
  return { ...JSON.parse(stdout), warnings: stderr };
}

/** Two hashes were made, none by a thread, and one warning was given. */
function expectPool({ hash, lowThreads, warnings }: Awaited<ReturnType<typeof inProcess>>, reason: RegExp): void {
  expect(hash).to.equal(bcrypt.hashSync('correct horse', quickSalt));
  expect(lowThreads).to.equal(0);
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
    expect((await inProcess(COMPILED)).hash).to.equal(bcrypt.hashSync('correct horse', quickSalt));
  });

  it('hashes in the pool of libuv where Node allows no threads', async () => {
    expectPool(await inProcess(COMPILED, [PERMISSION, '--allow-fs-read=*', '--allow-addons']), /restricted/);
  });

  it('hashes in the pool of libuv where a bundle has left the script of its threads behind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
    try {
      copyFileSync(COMPILED, join(folder, 'bundle.mjs'));
      symlinkSync(PACKAGES, join(folder, 'node_modules'));
      expectPool(await inProcess(join(folder, 'bundle.mjs')), /bcrypt-thread\.js/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  // Elsewhere no thread has a priority of its own.
  (process.platform === 'linux' ? describe : describe.skip)('on Linux', () => {
    /** How many threads of this process have the priority of hashes. Those of other suites end meanwhile, none starts. */
    const lowThreads = (): number =>
      readdirSync('/proc/self/task').filter((id) => {
        const [, fields = ''] = readFileSync(`/proc/self/task/${id}/stat`, 'utf8').split(') ');
        return Number(fields.split(' ')[16]) === LOW;
      }).length;

    it('leaves the processors to the event loop first', async () => {
      const before = lowThreads();
      await new BcryptThreads().hash('correct horse', quickSalt);
      expect(lowThreads()).to.equal(before + 1);
      expect(getPriority()).to.equal(0);
    });

    it('starts at most a thread for each processor, and none while one rests', async () => {
      const before = lowThreads();
      const threads = new BcryptThreads();
      const hashAtOnce = (count: number): Promise<unknown> =>
        Promise.all(Array.from({ length: count }, () => threads.hash('correct horse', quickSalt)));
      for (let turn = 0; turn < 3; turn += 1) await hashAtOnce(1);
      expect(lowThreads()).to.equal(before + 1);
      for (let turn = 0; turn < 3; turn += 1) await hashAtOnce(availableParallelism() * 5);
      expect(lowThreads()).to.equal(before + availableParallelism());
    });

    it('ends a thread that rests, and starts another at the next need', async () => {
      const before = lowThreads();
      const threads = new BcryptThreads(50);
      await threads.hash('correct horse', quickSalt);
      while (lowThreads() > before) await sleep(10);
      expect(await threads.hash('correct horse', quickSalt)).to.equal(bcrypt.hashSync('correct horse', quickSalt));
    });
  });
});
