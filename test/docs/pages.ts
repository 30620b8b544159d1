import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A fenced block of a page. */
export interface Block {
  language: string;
  /** What follows the language: `run`, or the name of a file. */
  word: string;
  text: string;
  line: number;
}

export interface Page {
  /** Relative to the repository, with `/`. */
  path: string;
  text: string;
  blocks: Block[];
}

const FENCE = /^```([a-z]*)[ \t]*(\S*)[ \t]*\n([\s\S]*?)^```[ \t]*$/gm;

/** README.md and every page of docs/. */
export function readPages(): Page[] {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' });
  const isPage = (path: string) => path.endsWith('.md') && !/(?:^|[\\/])(?:node_modules|\.vitepress)[\\/]/.test(path);
  const paths = docs.filter(isPage).map((path) => join(root, 'docs', path));
  return [join(root, 'README.md'), ...paths.sort()].map(readPage);
}

export function readPage(file: string): Page {
  const text = readFileSync(file, 'utf8');
  if (/^[ \t]+```/m.test(text)) throw new Error(`${file}: a block is indented, and would go untested`);
  const blocks = [...text.matchAll(FENCE)].map(([, language = '', word = '', block = ''], index, all) => ({
    language,
    word,
    text: block,
    line: text.slice(0, all[index]?.index).split('\n').length,
  })) as Block[];
  return { path: relative(root, file).replaceAll('\\', '/'), text, blocks };
}

/** The rows of the tables under a heading, cell by cell; of the whole page where none is named. */
export function tableRows(page: Page, heading?: string): string[][] {
  const rows = sectionOf(page, heading)
    .split('\n')
    .filter((line) => line.startsWith('|'));
  return rows
    .filter((line, index) => !isRule(line) && !isRule(rows[index + 1] ?? ''))
    .map((line) =>
      line
        .slice(1, line.lastIndexOf('|'))
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    );
}

/** What stands first in backticks in the first cell of each row: `` `register` ``. */
export function firstNames(page: Page, heading?: string): string[] {
  return tableRows(page, heading).flatMap(([first = '']) =>
    [...first.matchAll(/`@?([\w.]+)[^`]*`/g)].map(([, name = '']) => name),
  );
}

function sectionOf({ text, path }: Page, heading?: string): string {
  if (heading === undefined) return text;
  const start = text.search(new RegExp(`^#+ ${heading}$`, 'm'));
  if (start < 0) throw new Error(`${path} has no heading "${heading}"`);
  const [, ...rest] = text.slice(start).split(/^(?=#+ )/m);
  const [title = ''] = text.slice(start).split('\n', 1);
  const level = title.indexOf(' ');
  const end = rest.findIndex((part) => part.indexOf(' ') <= level);
  return [text.slice(start).split(/^(?=#+ )/m)[0] ?? '', ...(end < 0 ? rest : rest.slice(0, end))].join('');
}

function isRule(line: string): boolean {
  return /^\|(?:\s*:?-+:?\s*\|)+\s*$/.test(line);
}
