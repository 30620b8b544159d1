import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';
import { run } from './run.mjs';

/**
 * Installs what a folder's package-lock.json lists, unless it is there already. Ends with an error that says what to do.
 * @param {string} [folder] with a package.json of its own, relative to the repository
 */
export async function installWhenNeeded(folder = '.') {
  requireNode(20, 19);
  const files = filesOf(folder);
  if (isInstalled(files)) return;
  refuseLink(files.folder);
  console.log(
    folder === '.'
      ? 'Installing packages. better-sqlite3 may compile for a minute or two.'
      : `Installing the packages of ${folder}.`,
  );
  const { ok } = await run('npm', ['ci', '--no-audit', '--no-fund', '--prefix', folder]);
  if (!ok) {
    throw new Error(
      'npm ci failed, see above. The native packages need a C++ compiler, make and Python 3 where no prebuilt one fits.',
    );
  }
  writeFileSync(files.stamp, digestOf(files.lockfile));
}

/** @param {string} folder */
function filesOf(folder) {
  return {
    folder: join(root, folder, 'node_modules'),
    lockfile: join(root, folder, 'package-lock.json'),
    installed: join(root, folder, 'node_modules/.package-lock.json'),
    stamp: join(root, folder, 'node_modules/.installed-lockfile'),
  };
}

/**
 * A lockfile whose bytes are those of the last installation is as good as a new one, whatever its time.
 * @param {ReturnType<typeof filesOf>} files
 */
function isInstalled({ lockfile, installed, stamp }) {
  if (!existsSync(installed)) return false;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digestOf(lockfile)) return true;
  return statSync(installed).mtimeMs >= statSync(lockfile).mtimeMs;
}

/**
 * npm ci empties the folder that a link leads to, which is another project's.
 * @param {string} folder
 */
function refuseLink(folder) {
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return;
  throw new Error(`${folder} is a link to packages that do not fit package-lock.json. Remove the link, then try again.`);
}

/** @param {string} file */
function digestOf(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/**
 * @param {number} major
 * @param {number} minor
 */
function requireNode(major, minor) {
  const [hasMajor = 0, hasMinor = 0] = process.versions.node.split('.').map(Number);
  if (hasMajor > major || (hasMajor === major && hasMinor >= minor)) return;
  throw new Error(`This is Node ${process.versions.node}; ${major}.${minor} or newer is needed: https://nodejs.org`);
}
