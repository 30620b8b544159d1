import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { COPIES, ROOT } from './pages.mjs';

/**
 * Shows a link to a file of the repository that is no page, such as a folder of the example, as text: it leads somewhere on GitHub, and
 * nowhere on this site. One to a file that is not there stays, and ends the build.
 * @param {import('markdown-it').default} markdown
 */
export function withoutLinksToFiles(markdown) {
  markdown.core.ruler.push('links-to-files', ({ tokens, env }) => {
    for (const { children } of tokens) {
      let isDropped = false;
      for (const token of children ?? []) {
        if (token.type === 'link_open') isDropped = isFile(String(token.attrGet('href')), env);
        if (!isDropped || !/^link_(?:open|close)$/.test(token.type)) continue;
        token.tag = 'span';
        token.attrs = null;
        // Another type, so that VitePress does not make a link of it again.
        if (token.type === 'link_close') isDropped = false;
        token.type = token.type.replace('link', 'file');
      }
    }
  });
}

/**
 * @param {string} href
 * @param {{ path: string, realPath?: string }} env of VitePress: `realPath` is where a rewritten page is
 */
function isFile(href, { path, realPath = path }) {
  const [target = ''] = href.split('#');
  if (target === '' || target.endsWith('.md') || /^(?:[a-z]+:|\/)/.test(target)) return false;
  return existsSync(join(ROOT, dirname(relative(COPIES, realPath)), target));
}
