import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from '../root.mjs';
import { bundle } from './bundle.mjs';
import { compile, copyData } from './compile.mjs';
import { entryPoints, programs } from './entry-points.mjs';
import { filesUnder, stampOf } from './stamp.mjs';

const sources = ['src', 'package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts/build'];

/** Builds dist from src, unless it is there and as new as its sources. A failed build leaves the old one. */
export async function buildLibrary() {
  const stamp = stampOf('library', sources);
  const entries = entryPoints();
  const isThere = entries.flatMap(({ esm, cjs }) => [esm, cjs]).every((file) => existsSync(join(root, file)));
  if (isThere && stamp.isCurrent()) return;
  const fresh = `build/.dist-${process.pid}`;
  try {
    await compile('tsconfig.build.json', ['--outDir', fresh]);
    copyData('src', fresh);
    await bundle(fresh, modulesByName(entries));
    for (const file of filesUnder(fresh).filter((path) => path.endsWith('.d.ts'))) writeCommonJsTypes(file);
    for (const { esm, cjs } of entries) writeCommonJsEntry(esm.replace('./dist', fresh), cjs.replace('./dist', fresh));
    for (const program of programs()) chmodSync(join(root, program.replace('./dist', fresh)), 0o755);
    rmSync(join(root, 'dist'), { recursive: true, force: true });
    renameSync(join(root, fresh), join(root, 'dist'));
  } finally {
    rmSync(join(root, fresh), { recursive: true, force: true });
  }
  stamp.write();
}

/**
 * What is asked for by its name, and where it is: by apps, by whoever calls a program, by tests that run one in their own process, and by
 * what starts a thread.
 * @param {import('./entry-points.mjs').EntryPoint[]} entries
 */
function modulesByName(entries) {
  const asked = [...entries.map(({ esm }) => esm), ...programs()].map((file) => file.slice('./dist/'.length));
  return {
    ...Object.fromEntries(asked.map((file) => [file, file])),
    'cli/index.js': 'cli/index.js',
    // Beside the file that starts it.
    'bcrypt-thread.js': 'passwords/bcrypt-thread.js',
  };
}

/**
 * A CommonJS app under `module: node16` refuses the declarations of an ES module, though Node can require it: it gets
 * the same ones under a CommonJS name.
 * @param {string} file
 */
function writeCommonJsTypes(file) {
  const text = readFileSync(join(root, file), 'utf8').replace(/(["'])(\.{1,2}\/[^"']+)\.js\1/g, '$1$2.cjs$1');
  writeFileSync(join(root, file.replace(/\.d\.ts$/, '.d.cts')), text);
}

/**
 * @param {string} esm
 * @param {string} cjs
 */
function writeCommonJsEntry(esm, cjs) {
  if (!existsSync(join(root, esm))) throw new Error(`package.json exports ${basename(esm)}, and src has no such file: ${esm}`);
  writeFileSync(join(root, cjs), `'use strict';\nmodule.exports = require('./${basename(esm)}');\n`);
}
