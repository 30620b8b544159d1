import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const COPIES = fileURLToPath(new URL('pages', import.meta.url));

const BESIDE = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'CHANGELOG.md'];

/** The pages under docs/, relative to the repository: `docs/guides/oauth.md`. */
export function guidePages() {
  return readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .map((path) => relative('', path).replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.md') && !/^(?:node_modules|\.vitepress)\//.test(path))
    .map((path) => `docs/${path}`);
}

/**
 * Copies all pages into this folder, as they lie in the repository: links hold, and pages from above find the packages that VitePress
 * has only here.
 */
export function copyPages() {
  rmSync(COPIES, { recursive: true, force: true });
  for (const page of [...BESIDE, ...guidePages()]) cpSync(join(ROOT, page), join(COPIES, page));
}
