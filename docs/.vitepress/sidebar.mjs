import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { guidePages, ROOT } from './pages.mjs';

/**
 * Makes the sidebar of the table under "Read on" in the README, so that there is one list of pages. One that is missing there ends the build.
 * @param {string} readme relative to the repository
 */
export function sidebarOf(readme) {
  const text = readFileSync(join(ROOT, readme), 'utf8');
  const [, section = ''] = text.split(/^## Read on$/m);
  const rows = section.split(/^## /m)[0]?.matchAll(/^\| ([^|\n]+) \| (.*) \|$/gm) ?? [];
  const groups = [...rows]
    .map(([, title = '', cell = '']) => ({ text: title.trim(), items: linksOf(cell) }))
    .filter(({ items }) => items.length > 0);
  const listed = new Set(groups.flatMap(({ items }) => items.map(({ link }) => link)));
  const missing = guidePages().filter((page) => !listed.has(linkTo(page)));
  if (missing.length > 0) throw new Error(`README.md lists no ${missing.join(', ')} under "Read on"`);
  return [
    { text: 'Start', items: [{ text: 'From nothing to an answer', link: '/' }] },
    ...groups,
    {
      text: 'The project',
      items: [
        { text: 'Changelog', link: '/CHANGELOG' },
        { text: 'Contributing', link: '/CONTRIBUTING' },
      ],
    },
  ];
}

/** @param {string} cell */
function linksOf(cell) {
  return [...cell.matchAll(/\[([^\]]+)\]\(([^)]+\.md)\)/g)].map(([, text = '', target = '']) => ({ text, link: linkTo(target) }));
}

/** @param {string} page a file of the repository: `docs/guides/oauth.md` */
function linkTo(page) {
  return `/${page.replace(/\.md$/, '')}`;
}
