import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { runCli } from './support/run-cli.js';

const EXAMPLE = fileURLToPath(new URL('../../example/users.js', import.meta.url));

describe('rcu on the reference server', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'users-cli-'));
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it('finds every route with a guard or a mark', async () => {
    const environment = {
      DATABASE_URL: `sqlite:${join(folder, 'example.sqlite')}`,
      SECRET: 'a secret of the tests that has more than 32 bytes',
    };
    const { exitCode, stdout, stderr } = await runCli(['routes', '--strict', '-s', EXAMPLE], { environment });
    expect(exitCode, stderr).to.equal(0);
    expect(stdout).to.match(/^POST +\/notes +signed in +NotesController\.add$/m);
  });
});
