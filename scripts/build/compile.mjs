import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../root.mjs';
import { runBin } from '../run.mjs';
import { filesUnder } from './stamp.mjs';

/**
 * Compiles a project; its faults are printed, and end the build.
 * @param {string} project
 * @param {string[]} [args]
 */
export async function compile(project, args = []) {
  const { ok, output } = await runBin('typescript', 'tsc', ['-p', project, ...args], { quiet: true });
  if (!ok) throw new Error(`${project} does not compile:\n${output.trim()}`);
}

/**
 * Copies what is not TypeScript, such as a list of words, to where the compiled code looks for it.
 * @param {string} from a folder of sources
 * @param {string} to the folder of what was compiled from it
 */
export function copyData(from, to) {
  for (const file of filesUnder(from).filter((path) => !/\.[cm]?tsx?$/.test(path))) {
    const target = join(root, to, file.slice(from.length));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(join(root, file), target);
  }
}
