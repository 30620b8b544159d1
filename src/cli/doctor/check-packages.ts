import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve, sep } from 'node:path';
import type { Check } from './finding.js';

/** Packages that app and library must have in common: decorators of one copy are nothing to another. */
const SHARED = ['class-transformer', 'class-validator', 'reflect-metadata', 'routing-controllers', 'typedi', 'typeorm'] as const;

/**
 * Whether the app and the library find the same copy of each package that they share. An optional package that is missing ends the start, or the
 * call that needs it, with its install line.
 */
export const checkPackages: Check = ({ setupFile }) => {
  const ours = createRequire(import.meta.url);
  const apps = createRequire(resolve(setupFile));
  return SHARED.flatMap((name) => {
    const [one, other] = [placeOf(name, apps), placeOf(name, ours)];
    if (one === null || other === null || one === other) return [];
    return [
      {
        severity: 'error' as const,
        check: 'packages',
        problem: `two copies of ${name} are installed: the app finds ${one}, the library ${other}`,
        advice: `keep one: npm dedupe, or npm install ${name} in the version that routing-controllers-users takes (npm ls ${name})`,
      },
    ];
  });
};

function placeOf(name: string, require: NodeJS.Require): string | null {
  try {
    const file = realpathSync(require.resolve(name));
    const folder = `${sep}node_modules${sep}${name}${sep}`;
    const end = file.lastIndexOf(folder);
    return end === -1 ? file : file.slice(0, end + folder.length - 1);
  } catch {
    return null;
  }
}
