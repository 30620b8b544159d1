import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';
import { run } from './run.mjs';

const lockfile = join(root, 'package-lock.json');
const installed = join(root, 'node_modules/.package-lock.json');
const stamp = join(root, 'node_modules/.installed-lockfile');

/** Installs what package-lock.json lists, unless it is there already. Ends with an error that says what to do. */
export async function installWhenNeeded() {
  requireNode(20, 19);
  if (isInstalled()) return;
  console.log('Installing packages. better-sqlite3 may compile for a minute or two.');
  const { ok } = await run('npm', ['ci', '--no-audit', '--no-fund']);
  if (!ok) {
    throw new Error(
      'npm ci failed, see above. The native packages need a C++ compiler, make and Python 3 where no prebuilt one fits.',
    );
  }
  writeFileSync(stamp, digestOfLockfile());
}

/** A lockfile whose bytes are those of the last installation is as good as a new one, whatever its time. */
function isInstalled() {
  if (!existsSync(installed)) return false;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digestOfLockfile()) return true;
  return statSync(installed).mtimeMs >= statSync(lockfile).mtimeMs;
}

function digestOfLockfile() {
  return createHash('sha256').update(readFileSync(lockfile)).digest('hex');
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
