// npm test: everything that a bare machine needs, then the checks and the tests. The last line is `N passed, M failed`, and
// `, K skipped` where tests were.   npm test -- --no-checks --grep sessions   leaves the checks out; the rest goes to mocha.
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildLibrary } from './build/library.mjs';
import { buildTests } from './build/programs.mjs';
import { runChecks } from './check.mjs';
import { installWhenNeeded } from './install.mjs';
import { endAll, runBin } from './run.mjs';
import { installMissingPrograms } from './servers/install-programs.mjs';
import { PrivateServers } from './servers/private-servers.mjs';

/** Open handles that keep mocha alive so long after its last test are a fault of a test. */
const MOCHA_END_MS = 10_000;

const args = process.argv.slice(2);
const withChecks = !args.includes('--no-checks');
const mochaArgs = args.filter((arg) => arg !== '--no-checks');
// Not in .mocharc.json, where it would be added to the files that somebody names.
if (!mochaArgs.some((arg) => arg.endsWith('.js'))) mochaArgs.push('build/test/**/*.test.js');
// Each file has databases and ports of its own, and much of its time is spent waiting for them.
if (!mochaArgs.some((arg) => arg.includes('parallel'))) mochaArgs.push('--parallel', '--jobs', '2');
const total = { passed: 0, failed: 0, skipped: 0 };
/** @type {string[]} */
const notTested = [];
/** @type {PrivateServers | undefined} */
let servers;

/** @type {number | undefined} */
let interruption;
// What is under way ends, nothing new is run, and so the work below comes to its end, where the servers are stopped.
for (const [signal, code] of /** @type {const} */ ([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
])) {
  process.on(signal, () => {
    interruption = code;
    endAll('SIGTERM');
  });
}

try {
  await phase('install packages', installWhenNeeded);
  await phase('find or install servers', installMissingPrograms);
  const started = phase('start servers', startServers);
  const built = phase('build', async () => {
    await buildLibrary();
    await buildTests();
  });
  // Servers that are still starting when the build fails have to be stopped too.
  await Promise.allSettled([started, built]);
  await Promise.all([started, built]);
  if (withChecks) add(await phase('checks', () => runChecks()));
  add(await phase('tests', runMocha));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  total.failed++;
} finally {
  await servers?.stop();
}
if (interruption !== undefined) process.exit(interruption);
for (const line of notTested) console.log(line);
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exit(total.failed > 0 ? 1 : 0);

/**
 * @template Result
 * @param {string} name
 * @param {() => Promise<Result>} work
 */
async function phase(name, work) {
  const start = performance.now();
  try {
    return await work();
  } finally {
    console.log(`— ${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }
}

async function startServers() {
  servers = new PrivateServers();
  await servers.start();
  for (const { name, why } of servers.missing) {
    notTested.push(`Not tested: ${name}, ${why}`);
    if (process.env.CI === 'true') total.failed++;
  }
}

async function runMocha() {
  const results = join(tmpdir(), `test-results-${process.pid}.json`);
  try {
    const { output } = await runBin('mocha', 'mocha', ['--reporter', './scripts/mocha/short-reporter.cjs', ...mochaArgs], {
      env: { ...servers?.environment, TEST_RESULTS: results, NODE_ENV: 'test' },
      onStart: (mocha) => endWhenDone(mocha, results),
    });
    return readResults(results) ?? { passed: 0, failed: 1, skipped: 0, output };
  } finally {
    rmSync(results, { force: true });
  }
}

/**
 * @param {import('node:child_process').ChildProcess} mocha
 * @param {string} results
 */
async function endWhenDone(mocha, results) {
  while (mocha.exitCode === null && mocha.signalCode === null) {
    await sleep(500, undefined, { ref: false });
    if (readResults(results) === undefined) continue;
    await sleep(MOCHA_END_MS, undefined, { ref: false });
    if (mocha.exitCode !== null || mocha.signalCode !== null) return;
    console.error('All tests are done, and something that they left open keeps the process alive: it is ended.');
    total.failed++;
    mocha.kill('SIGKILL');
    return;
  }
}

/** @param {string} file */
function readResults(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param {{ passed: number, failed: number, skipped?: number }} counts */
function add({ passed, failed, skipped = 0 }) {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}
