import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.mjs';

/**
 * An entry point of the package, as its `exports` say: paths relative to the repository.
 * @typedef {{ specifier: string, esm: string, esmTypes: string, cjs: string, cjsTypes: string }} EntryPoint
 */

/** @returns {EntryPoint[]} */
export function entryPoints() {
  const { name, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.entries(exports)
    .filter(([, target]) => typeof target === 'object')
    .map(([subpath, target]) => ({
      specifier: name + subpath.slice(1),
      esm: target.import.default,
      esmTypes: target.import.types,
      cjs: target.require.default,
      cjsTypes: target.require.types,
    }));
}

/** The programs of the package, as its `bin` says: paths relative to the repository. @returns {string[]} */
export function programs() {
  const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return [...new Set(Object.values(bin))];
}
