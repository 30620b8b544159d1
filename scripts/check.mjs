// npm run check: types, lint and format, floors, public face, package. A name as argument runs that check alone.
import { fileURLToPath } from 'node:url';
import { buildLibrary } from './build/library.mjs';
import { run, runBin } from './run.mjs';

const typescript59 = './scripts/checks/typescript-5.9.mjs';
const quiet = { quiet: true };

/** @type {Record<string, () => Promise<{ ok: boolean, output: string }>>} */
const checks = {
  build: () =>
    buildLibrary().then(
      () => ({ ok: true, output: '' }),
      (error) => ({ ok: false, output: String(error.message) }),
    ),
  types: () => runBin('typescript', 'tsc', ['-p', 'tsconfig.json', '--noEmit'], quiet),
  'types of the scripts': () => runBin('typescript-5.9', 'tsc', ['-p', 'tsconfig.scripts.json'], quiet),
  'lint and format': () => runBin('@biomejs/biome', 'biome', ['ci', '--colors=off', '.'], quiet),
  floors: () =>
    runBin('dependency-cruiser', 'depcruise', ['src', '--config', '.dependency-cruiser.cjs'], {
      ...quiet,
      nodeArgs: ['--import', typescript59],
    }),
  'public face': () => run(process.execPath, ['scripts/checks/public-face.mjs'], quiet),
  publint: () => runBin('publint', 'publint', ['--strict', '--pack', 'npm'], quiet),
  'are the types wrong': () =>
    runBin('@arethetypeswrong/cli', 'attw', ['--pack', '.', '--profile', 'node16', '--no-color'], quiet),
};

/**
 * Runs the checks one after the other, and prints a line for each and what a failed one says.
 * @param {(name: string) => boolean} [isWanted]
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runChecks(isWanted = () => true) {
  const count = { passed: 0, failed: 0 };
  for (const [name, check] of Object.entries(checks).filter(([name]) => isWanted(name))) {
    const start = performance.now();
    const { ok, output } = await check();
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`${ok ? '✔' : '✘'} ${name} (${seconds} s)`);
    if (!ok) console.log(output.trimEnd().replace(/^/gm, '    '));
    count[ok ? 'passed' : 'failed']++;
  }
  return count;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wanted = process.argv.slice(2);
  const { failed } = await runChecks((name) => wanted.length === 0 || wanted.includes(name));
  if (failed > 0) process.exitCode = 1;
}
