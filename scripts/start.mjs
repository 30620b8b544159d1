// npm start: everything that a fresh clone needs, then the example server, in this process: signals and exit code are its own.
import { buildLibrary } from './build/library.mjs';
import { buildExample } from './build/programs.mjs';
import { installWhenNeeded } from './install.mjs';

try {
  await installWhenNeeded();
  await buildLibrary();
  await buildExample();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
process.setSourceMapsEnabled(true);
await import(new URL('../build/example/main.js', import.meta.url).href);
