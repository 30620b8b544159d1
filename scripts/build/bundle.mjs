import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { root } from '../root.mjs';
import { filesUnder } from './stamp.mjs';

/**
 * Puts compiled modules together, into a file for each entry and some that these share: an app that starts has a handful of files to load in
 * place of two hundred, each with a price in time and memory. Declarations stay as they are.
 * @param {string} folder of what was compiled; the bundles take the place of its modules
 * @param {Record<string, string>} entries modules that somebody asks for by name, by the names by which they are asked for
 */
export async function bundle(folder, entries) {
  const modules = filesUnder(folder).filter((file) => file.endsWith('.js'));
  const bundles = `${folder}-bundles`;
  // Not before: npm test and npm start load this file, and install it.
  const { rollup } = await import('rollup');
  try {
    const graph = await rollup({
      input: Object.fromEntries(Object.entries(entries).map(([name, module]) => [name, join(root, folder, module)])),
      external: (id) => !id.startsWith('.') && !isAbsolute(id),
      treeshake: false,
      onwarn(warning) {
        // TypeScript's helpers for decorators begin with `this && this.__decorate`.
        if (warning.code !== 'THIS_IS_UNDEFINED') throw new Error(warning.message);
      },
    });
    await graph.write({
      dir: join(root, bundles),
      format: 'es',
      entryFileNames: '[name]',
      chunkFileNames: 'shared-[hash].js',
      minifyInternalExports: false,
    });
    await graph.close();
    const made = filesUnder(bundles);
    checkNames(made, modules);
    made.forEach(checkSiblings);
    for (const file of modules) rmSync(join(root, file));
    for (const file of made) renameSync(join(root, file), join(root, folder, file.slice(bundles.length)));
  } finally {
    rmSync(join(root, bundles), { recursive: true, force: true });
  }
}

/**
 * Classes whose names are the same get others in a bundle, which logs and errors would show.
 * @param {string[]} bundles
 * @param {string[]} modules
 */
function checkNames(bundles, modules) {
  const classesOf = (/** @type {string[]} */ files) =>
    files.flatMap((file) => [...read(file).matchAll(/\bclass ([\w$]+)/g)].map(([, name]) => name));
  const known = new Set(classesOf(modules));
  const renamed = classesOf(bundles).filter((name) => !known.has(name));
  if (renamed.length > 0) throw new Error(`Two classes have one name, of which a bundle makes ${renamed}: rename one of them.`);
}

/** @param {string} file that may load others by where it is itself */
function checkSiblings(file) {
  for (const [, sibling] of read(file).matchAll(/new URL\('([^']+)', import\.meta\.url\)/g)) {
    if (!existsSync(join(root, dirname(file), sibling ?? '')))
      throw new Error(`${file} loads ${sibling}, which is not beside it.`);
  }
}

/** @param {string} file */
function read(file) {
  return readFileSync(join(root, file), 'utf8');
}
