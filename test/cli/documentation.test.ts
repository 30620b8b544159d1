import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Command } from 'commander';
import { CommandLine } from '../../src/cli/command-line.js';
import { EXIT_CODES } from '../../src/cli/failures.js';
import { programOf } from '../../src/cli/program.js';
import { Terminal } from '../../src/cli/terminal.js';
import { readPage, root, tableRows } from '../docs/pages.js';

describe('the guide on the command line', () => {
  const page = readPage(join(root, 'docs/guides/command-line.md'));
  const importGuide = readPage(join(root, 'docs/guides/bring-your-users.md'));
  const program = programOf(new CommandLine(new Terminal()), '0');

  const leaves = (command: Command, path: string): { path: string; command: Command }[] =>
    command.commands.length === 0
      ? [{ path, command }]
      : command.commands.flatMap((child) => leaves(child, `${path} ${child.name()}`));

  for (const { path, command } of leaves(program, 'rcu')) {
    it(`tells of ${path} and each of its options`, () => {
      expect(page.text).to.match(new RegExp(`\`${path}[\` ]`));
      // What an import takes has a guide of its own.
      const { text } = path === 'rcu import' ? importGuide : page;
      const options = command.options.map(({ long }) => long ?? '').filter((long) => !new RegExp(`\`${long}[\` ]`).test(text));
      expect(options).to.deep.equal([]);
    });
  }

  it('tells of the options that all commands have', () => {
    const listed = tableRows(page, 'Options of every command').map(([flags = '']) => flags.replaceAll('`', ''));
    expect(listed).to.include.members([...program.options.map(({ flags }) => flags), '-h, --help']);
  });

  it('lists every exit code', () => {
    const listed = tableRows(page, 'Options of every command').map(([code = '']) => code);
    expect(listed).to.include.members(Object.values(EXIT_CODES).map(String));
  });

  it('lists every finding of doctor', () => {
    const folder = join(root, 'src/cli/doctor');
    const sources = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
    const checks = sources.flatMap((source) => [...source.matchAll(/check: '([\w-]+)'/g)].map(([, check]) => check));
    const listed = tableRows(page, 'doctor').map(([name = '']) => name.replaceAll('`', ''));
    expect(new Set(listed.filter((name) => name !== ''))).to.deep.equal(new Set(checks));
  });
});
