import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { readPage, readPages, root } from './pages.js';

const LINK = /\[[^\]]*\]\(([^)\s]+)\)/g;

describe('the links of README and docs', () => {
  for (const page of readPages()) {
    it(`${page.path}: lead somewhere`, () => {
      const targets = [...page.text.matchAll(LINK)].map(([, target = '']) => target);
      const dead = targets.filter((target) => !/^[a-z]+:/.test(target) && !leadsSomewhere(page.path, target));
      expect(dead).to.deep.equal([]);
    });
  }

  it('lead from the README to every page', () => {
    const [readme, ...pages] = readPages();
    const unreached = pages.filter(({ path }) => readme?.text.includes(`(${path}`) !== true);
    expect(unreached.map(({ path }) => path)).to.deep.equal([]);
  });
});

function leadsSomewhere(from: string, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? join(root, from) : join(root, dirname(from), path);
  if (!existsSync(file)) return false;
  return anchor === undefined || headingsOf(file).includes(anchor);
}

/** As GitHub makes anchors of them. */
function headingsOf(file: string): string[] {
  const headings = [...readPage(file).text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
