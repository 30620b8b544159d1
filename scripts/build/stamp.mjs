import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../root.mjs';

/**
 * Remembers from which sources a result was made, so that it is made again only when they differ.
 * @param {string} name
 * @param {string[]} sources files and folders, relative to the repository
 */
export function stampOf(name, sources) {
  const file = join(root, 'build/.stamps', name);
  // Taken before the work: a source that changes meanwhile counts as changed.
  const digest = digestOf(sources);
  return {
    isCurrent() {
      try {
        return readFileSync(file, 'utf8') === digest;
      } catch {
        return false;
      }
    },
    write() {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, digest);
    },
  };
}

/** @param {string[]} sources */
function digestOf(sources) {
  const hash = createHash('sha256');
  for (const path of sources.flatMap(filesUnder)) {
    const { size, mtimeMs } = statSync(join(root, path));
    hash.update(`${path}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/**
 * @param {string} path of a file or folder, relative to the repository; where nothing is there, there are no files, and installed packages
 *   are not looked at
 * @returns {string[]}
 */
export function filesUnder(path) {
  const found = statSync(join(root, path), { throwIfNoEntry: false });
  if (found === undefined) return [];
  if (!found.isDirectory()) return [path];
  if (path.endsWith('/node_modules')) return [];
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => filesUnder(`${path}/${name}`));
}
