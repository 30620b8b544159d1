import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.mjs';
import { compile, copyData } from './compile.mjs';
import { stampOf } from './stamp.mjs';

/** Compiles the example against the built library, as an app would, unless it is up to date. */
export async function buildExample() {
  const stamp = stampOf('example', [
    'example',
    'ormconfig.ts',
    'src',
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.example.json',
  ]);
  if (stamp.isCurrent() && existsSync(join(root, 'build/example/main.js'))) return;
  await compile('tsconfig.example.json');
  copyData('example', 'build/example');
  stamp.write();
}

/** Compiles sources, tests and example together; always, since it takes a second or two. */
export async function buildTests() {
  await compile('tsconfig.test.json');
  for (const folder of ['src', 'test', 'example']) copyData(folder, `build/${folder}`);
}
