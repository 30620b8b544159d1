import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * The programs that the tests want, what Debian calls them, and the variable that names one in their place. `find` is asked anew after an
 * installation.
 * @typedef {{ name: string, variable: string, debianPackage: string, elsewhere: string, find(): string | undefined }} Program
 */

/** @type {Record<'postgres' | 'mariadb' | 'redis' | 'chromium', Program>} */
export const programs = {
  postgres: {
    name: 'PostgreSQL',
    variable: 'TEST_POSTGRES_URL',
    debianPackage: 'postgresql',
    elsewhere: 'https://www.postgresql.org/download/ (initdb and postgres on the PATH), or set TEST_POSTGRES_URL',
    find: () => findOnPath(['postgres'], postgresFolders()),
  },
  mariadb: {
    name: 'MariaDB',
    variable: 'TEST_MARIADB_URL',
    debianPackage: 'mariadb-server',
    elsewhere: 'https://mariadb.org/download/ (mariadbd on the PATH), or set TEST_MARIADB_URL',
    find: () => findOnPath(['mariadbd'], ['/usr/sbin', '/usr/local/sbin', '/usr/libexec']),
  },
  redis: {
    name: 'Redis',
    variable: 'TEST_REDIS_URL',
    debianPackage: 'redis-server',
    elsewhere: 'https://redis.io/docs/latest/get-started/ (redis-server on the PATH), or set TEST_REDIS_URL',
    find: () => findOnPath(['redis-server', 'valkey-server'], ['/usr/sbin']),
  },
  chromium: {
    name: 'Chromium',
    variable: 'TEST_CHROMIUM',
    debianPackage: 'chromium',
    elsewhere: 'https://www.chromium.org/getting-involved/download-chromium/, or set TEST_CHROMIUM to its path',
    find: () =>
      process.env.TEST_CHROMIUM ??
      findOnPath(['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome']),
  },
};

/**
 * @param {string[]} names in the order of preference
 * @param {string[]} folders looked in after those of the PATH
 * @returns {string | undefined}
 */
export function findOnPath(names, folders = []) {
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => [...path, ...folders].map((folder) => join(folder, name))).find(isExecutable);
}

/** Debian keeps PostgreSQL's server programs off the PATH. The newest version comes first. */
function postgresFolders() {
  const root = '/usr/lib/postgresql';
  try {
    return readdirSync(root)
      .sort((one, other) => Number(other) - Number(one))
      .map((version) => join(root, version, 'bin'));
  } catch {
    return [];
  }
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
