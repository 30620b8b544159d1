import { existsSync } from 'node:fs';
import { run } from '../run.mjs';
import { findOnPath, programs } from './find-programs.mjs';

const policyFile = '/usr/sbin/policy-rc.d';

/**
 * Installs what the tests want and is not there, by apt-get, where that is had without a password. Debian's own services
 * are not started. What cannot be installed is told later, where it is found missing.
 */
export async function installMissingPrograms() {
  const missing = Object.values(programs).filter(({ variable, find }) => !process.env[variable] && find() === undefined);
  if (missing.length === 0) return;
  const asRoot = await rootPrefix();
  if (asRoot === undefined) return;
  console.log(`Installing by apt-get: ${missing.map(({ debianPackage }) => debianPackage).join(', ')}`);
  await withoutServices(asRoot, async () => {
    await aptGet(asRoot, ['update', '-qq']);
    for (const { debianPackage, name } of missing) {
      const { ok, output } = await aptGet(asRoot, ['install', '-y', '-qq', '--no-install-recommends', debianPackage]);
      if (!ok) console.log(`${name} could not be installed: ${output.trim().slice(-500)}`);
    }
  });
}

/** What goes before a command to run it as root, or undefined where that takes a password or there is no apt-get. */
async function rootPrefix() {
  if (findOnPath(['apt-get']) === undefined) return undefined;
  if (process.getuid?.() === 0) return [];
  const { ok } = await run('sudo', ['-n', 'true'], { quiet: true });
  return ok ? ['sudo', '-n'] : undefined;
}

/**
 * @param {string[]} asRoot
 * @param {string[]} args
 */
function aptGet(asRoot, args) {
  return runWith([...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args]);
}

/** @param {string[]} words */
function runWith([program = '', ...args]) {
  return run(program, args, { quiet: true });
}

/**
 * While policy-rc.d answers 101, Debian's packages do not start the services that they bring.
 * @param {string[]} asRoot
 * @param {() => Promise<void>} work
 */
async function withoutServices(asRoot, work) {
  const isOurs = !existsSync(policyFile);
  if (isOurs)
    await runWith([...asRoot, 'sh', '-c', `printf '#!/bin/sh\\nexit 101\\n' > ${policyFile} && chmod 755 ${policyFile}`]);
  try {
    await work();
  } finally {
    if (isOurs) await runWith([...asRoot, 'rm', '-f', policyFile]);
  }
}
