// npm run bench: installs what the bench alone needs, builds the library and the bench, and measures.
//   npm run bench -- --quick            below 90 seconds
//   npm run bench -- --only me-bearer   one scenario; see --help
//   npm run bench -- seed --database postgres://… --users 1000000   a database to try things on
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '../scripts/build/compile.mjs';
import { buildLibrary } from '../scripts/build/library.mjs';
import { stampOf } from '../scripts/build/stamp.mjs';
import { installWhenNeeded } from '../scripts/install.mjs';
import { root } from '../scripts/root.mjs';
import { PrivateServers } from '../scripts/servers/private-servers.mjs';

const packages = join(root, 'bench/node_modules');
const sources = ['main.ts', 'measure', 'scenarios', 'seed', 'servers', 'tsconfig.json'].map((name) => `bench/${name}`);

try {
  await installWhenNeeded();
  // The packages of the peers are no packages of the library's, and stay out of its lockfile.
  await installWhenNeeded('bench');
  await buildLibrary();
  linkLibrary();
  await compileBench();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
const [command, ...rest] = process.argv.slice(2);
const servers = new PrivateServers();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => servers.stop().finally(() => process.exit(1)));
}
try {
  if (command === 'seed') {
    const { seedByCommand } = await import(new URL('build/seed/command.js', import.meta.url).href);
    await seedByCommand(rest);
  } else {
    const { main } = await import(new URL('build/main.js', import.meta.url).href);
    process.exitCode = await main(process.argv.slice(2), startPostgres);
  }
} finally {
  await servers.stop();
}

/** A server of the bench's own, on loopback, or the one that TEST_POSTGRES_URL names. It does not wait for the disk. */
async function startPostgres() {
  await servers.startPostgres();
  const url = servers.environment.TEST_POSTGRES_URL;
  if (url === undefined) throw new Error(servers.missing.map(({ name, why }) => `${name}: ${why}`).join('\n'));
  return url;
}

/** The servers import the built library by its name, as an app does, with the one copy of TypeORM that they share with it. */
function linkLibrary() {
  const link = join(packages, 'routing-controllers-users');
  mkdirSync(packages, { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(root, link, 'junction');
}

async function compileBench() {
  const stamp = stampOf('bench', [...sources, 'dist/index.d.ts']);
  if (stamp.isCurrent() && existsSync(join(root, 'bench/build/main.js'))) return;
  await compile('bench/tsconfig.json');
  stamp.write();
}
