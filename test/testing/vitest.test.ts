import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';

const execute = promisify(execFile);
const root = fileURLToPath(new URL('../../../', import.meta.url));

/** `test/testing/vitest-app` is an app of somebody else, with the packed library, its own packages and nothing else of this repository. */
describe('the test kit in an app that tests with Vitest', () => {
  let folder: string;

  before(async function () {
    this.timeout(180_000);
    folder = await mkdtemp(join(tmpdir(), 'vitest-app-'));
    const filter = (file: string) => !file.includes('node_modules');
    await cp(join(root, 'test/testing/vitest-app'), folder, { recursive: true, filter });
    const quick = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];
    await execute('npm', ['ci', ...quick], { cwd: folder });
    const { stdout } = await execute('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root });
    const tarball = stdout.trim().split('\n').at(-1) ?? '';
    await execute('npm', ['install', '--no-save', ...quick, join(folder, tarball)], { cwd: folder });
    // It is compiled already, for this machine.
    const binary = 'node_modules/better-sqlite3/build';
    await cp(join(root, binary), join(folder, binary), { recursive: true });
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it('needs nothing but Vitest and the tsconfig.json that the app has', async function () {
    this.timeout(120_000);
    const { PATH = '', HOME = '' } = process.env;
    const run = execute('npm', ['test'], { cwd: folder, env: { PATH, HOME, NO_COLOR: '1' } });
    const { stdout } = await run.catch((error: { stdout: string; stderr: string }) => {
      throw new Error(error.stdout + error.stderr);
    });
    expect(stdout).to.match(/Tests\s+3 passed/);
  });
});
