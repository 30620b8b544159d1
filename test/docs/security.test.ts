import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { readPage, root, tableRows } from './pages.js';

const IDENTIFIER = /CVE-\d{4}-\d+|GHSA(?:-[\w]{4}){3}/g;

const page = (name: string) => readPage(join(root, 'docs', `${name}.md`));

/** All that the tests say, and all files of theirs. */
const tests = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.ts'))
  .map((path) => readFileSync(join(root, 'test', path), 'utf8'))
  .join('\n');

describe('the pages on security', () => {
  for (const name of ['threat-model', 'asvs', 'faults-of-others']) {
    it(`name tests that are there: ${name}`, () => {
      const named = [...page(name).text.matchAll(/`(test\/[^`]*|[\w-]+\.test\.ts)`/g)].map(([, path = '']) => path);
      expect(named).not.to.have.length(0);
      expect(named.filter((path) => !existsSync(join(root, path)))).to.deep.equal([]);
    });
  }

  it('name a test for every line of what is met of ASVS', () => {
    const untested = tableRows(page('asvs')).filter((row) => {
      const here = row[2] ?? '';
      const isTask = here === '' || here.startsWith('**not met**') || here === 'none' || here.startsWith('the library sends no');
      return !isTask && !row.at(-1)?.includes('`test/');
    });
    expect(untested.map(([number]) => number)).to.deep.equal([]);
  });

  it('list faults of others that tests have by their identifiers', () => {
    const untested = tableRows(page('faults-of-others')).flatMap(([, , identifiers = '']) =>
      identifiers
        .split(', ')
        .filter((identifier) => !identifier.startsWith('`test/'))
        .filter((identifier) => !tests.includes(identifier)),
    );
    expect(untested).to.deep.equal([]);
  });

  it('list every identifier that the tests have', () => {
    const { text } = page('faults-of-others');
    const unlisted = (tests.match(IDENTIFIER) ?? []).filter((identifier) => !text.includes(identifier));
    expect(unlisted).to.deep.equal([]);
  });
});
