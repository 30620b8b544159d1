import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { root } from './root.mjs';

const require = createRequire(import.meta.url);

/** Programs under way, so that an interrupted run can end them. @type {Set<import('node:child_process').ChildProcess>} */
const underWay = new Set();
let isOver = false;

/**
 * Runs a program in the repository's folder and waits for its end.
 * @param {string} program
 * @param {string[]} args
 * @param {{ quiet?: boolean, env?: Record<string, string | undefined>, onStart?: (child: import('node:child_process').ChildProcess) => void }} [options]
 *   `quiet` keeps the output for the answer; else it goes where ours goes
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
export function run(program, args, { quiet = false, env = {}, onStart } = {}) {
  if (isOver) return Promise.resolve({ ok: false, output: 'interrupted' });
  return new Promise((resolve) => {
    const stdio = quiet ? 'pipe' : 'inherit';
    const child = spawn(program, args, { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', stdio, stdio] });
    underWay.add(child);
    onStart?.(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.once('error', (error) => {
      underWay.delete(child);
      resolve({ ok: false, output: error.message });
    });
    child.once('close', (code, signal) => {
      underWay.delete(child);
      resolve({ ok: code === 0, output: signal === null ? output : `${output}\n${program} was ended by ${signal}` });
    });
  });
}

/**
 * Runs a command of an installed package without npx, which would take half a second to find it.
 * @param {string} packageName
 * @param {string} command
 * @param {string[]} args
 * @param {Parameters<typeof run>[2] & { nodeArgs?: string[] }} [options]
 */
export function runBin(packageName, command, args, { nodeArgs = [], ...options } = {}) {
  return run(process.execPath, [...nodeArgs, binOf(packageName, command), ...args], options);
}

/** Ends what `run` has started, and lets it start nothing more. @param {NodeJS.Signals} signal */
export function endAll(signal) {
  isOver = true;
  for (const child of underWay) child.kill(signal);
}

/**
 * @param {string} packageName
 * @param {string} command
 */
function binOf(packageName, command) {
  const manifest = join(root, 'node_modules', packageName, 'package.json');
  const { bin } = require(manifest);
  return join(dirname(manifest), typeof bin === 'string' ? bin : bin[command]);
}
