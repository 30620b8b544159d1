// npm run docs: all pages of docs/ and the README as one site with a search, in docs/.vitepress/dist.
import { installWhenNeeded } from './install.mjs';
import { run } from './run.mjs';

try {
  await installWhenNeeded('docs');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
const { ok } = await run('npm', ['run', '--silent', 'build', '--prefix', 'docs']);
if (ok) console.log('The site is in docs/.vitepress/dist. To look at it: npm run preview --prefix docs');
else process.exitCode = 1;
