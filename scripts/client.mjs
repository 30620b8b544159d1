// npm run client: makes the typed client of the example in example/client, from the document that the example would serve.
import { join } from 'node:path';
import { buildLibrary } from './build/library.mjs';
import { buildExample } from './build/programs.mjs';
import { installWhenNeeded } from './install.mjs';
import { root } from './root.mjs';
import { run } from './run.mjs';

const CLIENT = 'example/client';

try {
  await installWhenNeeded();
  await installWhenNeeded(CLIENT);
  await buildLibrary();
  await buildExample();
  await must(process.execPath, [join(root, 'build/example/write-openapi.js'), join(CLIENT, 'openapi.json')]);
  await must('npm', ['run', '--silent', 'client', '--prefix', CLIENT]);
  await must('npm', ['run', '--silent', 'build', '--prefix', CLIENT]);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

/**
 * @param {string} program
 * @param {string[]} args
 */
async function must(program, args) {
  const { ok } = await run(program, args);
  if (!ok) throw new Error(`${program} ${args.join(' ')} failed, see above.`);
}
