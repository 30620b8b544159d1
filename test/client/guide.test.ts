import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { readPage, root } from '../docs/pages.js';

const SOURCES = join(root, 'example/client/src');

describe('docs/guides/typed-client.md', () => {
  it("shows the example's client as it is", () => {
    const files = readdirSync(SOURCES).filter((name) => !name.endsWith('.d.ts'));
    const sources = files.map((name) => withoutIndentation(readFileSync(join(SOURCES, name), 'utf8'))).join('\n');
    const shown = readPage(join(root, 'docs/guides/typed-client.md')).blocks.filter(({ language }) => language === 'typescript');
    expect(shown).not.to.have.length(0);
    for (const { text, line } of shown) expect(sources, `line ${line}`).to.include(withoutIndentation(text));
  });
});

function withoutIndentation(text: string): string {
  return text.replace(/^ +/gm, '');
}
