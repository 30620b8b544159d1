// npm run build: the library, to dist.   npm run build:tests: that, and sources, tests and example to build.
import { buildLibrary } from './build/library.mjs';
import { buildTests } from './build/programs.mjs';
import { installWhenNeeded } from './install.mjs';

try {
  await installWhenNeeded();
  await buildLibrary();
  if (process.argv.includes('--tests')) await buildTests();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
