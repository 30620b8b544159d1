import { CommandFailure } from '../failures.js';
import { plainText } from '../plain-text.js';
import { badRecord, type ImportRecord, LINE_FAULTS, type RecordFormat } from './import-record.js';
import { type Line, MOST_LINE_BYTES } from './line-splitter.js';

const OPEN = Symbol('a quoted value goes on in the next line');
const MISPLACED_QUOTE = 'a quote is neither around a whole value nor doubled inside one';
const TOO_LONG = 'the record has more than 1 MiB';
const UNCLOSED_QUOTE = 'a quote opens here that is not closed';

/**
 * CSV whose first line names the columns. A fault costs no more than the line where it is: the lines behind an unclosed quote are read anew,
 * each as a record of its own. What npm has reads on to the end of the file there, or keeps it all in memory.
 * @see {@link https://www.rfc-editor.org/rfc/rfc4180#section-2 | RFC 4180, 2}; `\n` ends a line as `\r\n` does, and blank lines are none
 */
export class Csv implements RecordFormat {
  private names: readonly string[] | null = null;
  /** The lines of a record whose quoted value is still open. */
  private open: Line[] = [];
  private openSize = 0;
  /** The first line of a record that is too long, whose end is looked for. */
  private skippedFrom: number | null = null;

  /**
   * @param delimiter - one character
   * @param checkHeader - told of the columns' names; what it throws ends the reading
   */
  constructor(
    private readonly delimiter: string,
    private readonly checkHeader: (names: readonly string[]) => void,
  ) {}

  /** @throws {@link CommandFailure} for a first line that names no columns */
  push(lines: readonly Line[]): ImportRecord[] {
    const records: ImportRecord[] = [];
    for (const line of lines) this.take(line, records);
    return records;
  }

  end(): ImportRecord[] {
    const records: ImportRecord[] = [];
    if (this.skippedFrom !== null) this.refuse(this.skippedFrom, `${UNCLOSED_QUOTE}, up to the end of the file`, records);
    while (this.open.length > 0) this.giveUp(records);
    if (this.names === null) throw new CommandFailure('the file is empty: its first line has to name the columns');
    return records;
  }

  private take(line: Line, records: ImportRecord[]): void {
    if (this.skippedFrom !== null) this.skip(line, this.skippedFrom, records);
    else if (this.open.length > 0) this.goOn(line, records);
    else if (line.fault === 'too long') this.skipFrom(line.number, [line], records);
    else if (line.text !== '' && line.text !== '\r') this.read([line], records);
  }

  private goOn(line: Line, records: ImportRecord[]): void {
    this.openSize += line.text.length + 1;
    this.open.push(line);
    const [first = line] = this.open;
    if (this.openSize > MOST_LINE_BYTES || line.fault === 'too long') this.skipFrom(first.number, this.open, records);
    // Any other line leaves the value open.
    else if (countQuotes(line.text) % 2 === 1) this.read(this.open, records);
  }

  /** What somebody wrote into a value must not be taken for lines, long as it may be: the record goes on to the closing quote. */
  private skipFrom(start: number, lines: readonly Line[], records: ImportRecord[]): void {
    const quotes = lines.reduce((sum, { text }) => sum + countQuotes(text), 0);
    this.open = [];
    if (quotes % 2 === 1) this.skippedFrom = start;
    else this.refuse(start, TOO_LONG, records);
  }

  private skip(line: Line, start: number, records: ImportRecord[]): void {
    if (countQuotes(line.text) % 2 === 0) return;
    this.skippedFrom = null;
    this.refuse(start, `${TOO_LONG}, up to line ${line.number}`, records);
  }

  /** Reads what may be a whole record. */
  private read(lines: readonly Line[], records: ImportRecord[]): void {
    const [first] = lines;
    if (first === undefined) return;
    const text = lines.map((line) => line.text).join('\n');
    const cells = cellsOf(text.endsWith('\r') ? text.slice(0, -1) : text, this.delimiter);
    if (cells === OPEN) {
      if (this.open.length === 0) this.openSize = text.length;
      this.open = [...lines];
    } else if (cells === null && lines.length > 1) {
      this.giveUp(records);
    } else {
      this.open = [];
      const isUnread = lines.some(({ fault }) => fault !== null);
      if (cells === null) this.refuse(first.number, MISPLACED_QUOTE, records);
      else if (isUnread) this.refuse(first.number, LINE_FAULTS['not UTF-8'], records);
      else this.give(first.number, cells, text.length, records);
    }
  }

  /** The first line is bad; those behind it get another chance. */
  private giveUp(records: ImportRecord[]): void {
    const [first, ...others] = this.open;
    this.open = [];
    if (first === undefined) return;
    this.refuse(first.number, UNCLOSED_QUOTE, records);
    for (const line of others) this.take(line, records);
  }

  private refuse(line: number, fault: string, records: ImportRecord[]): void {
    if (this.names === null) throw new CommandFailure(`line ${line}, which has to name the columns: ${fault}`);
    records.push(badRecord(line, fault));
  }

  private give(line: number, cells: readonly string[], size: number, records: ImportRecord[]): void {
    if (this.names === null) {
      this.names = headerOf(cells);
      this.checkHeader(this.names);
      return;
    }
    if (cells.length !== this.names.length) {
      records.push(badRecord(line, `the line has ${cells.length} values, the first line ${this.names.length} names`));
      return;
    }
    const values: Record<string, unknown> = Object.create(null);
    // An empty cell is no value: CSV has no other way to say so.
    for (const [index, name] of this.names.entries()) if (cells[index] !== '') values[name] = cells[index];
    records.push({ line, values, fault: null, size });
  }
}

function headerOf(cells: readonly string[]): string[] {
  const names = cells.map((cell) => cell.trim());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new CommandFailure(`the first line names the column "${plainText(twice)}" twice`);
  if (names.includes('')) throw new CommandFailure('the first line has a column without a name');
  return names;
}

/** The values of one record; null where a quote is misplaced. */
function cellsOf(text: string, delimiter: string): string[] | null | typeof OPEN {
  if (!text.includes('"')) return text.split(delimiter);
  const cells: string[] = [];
  for (let at = 0; ; ) {
    if (text[at] !== '"') {
      const found = text.indexOf(delimiter, at);
      const cell = text.slice(at, found === -1 ? undefined : found);
      if (cell.includes('"')) return null;
      cells.push(cell);
      if (found === -1) return cells;
      at = found + 1;
      continue;
    }
    const end = closingQuote(text, at);
    if (end === -1) return OPEN;
    cells.push(text.slice(at + 1, end).replaceAll('""', '"'));
    if (end + 1 === text.length) return cells;
    if (text[end + 1] !== delimiter) return null;
    at = end + 2;
  }
}

/** Where the value ends whose quote opens there; -1 where it is open. */
function closingQuote(text: string, start: number): number {
  for (let at = start + 1; ; at += 2) {
    at = text.indexOf('"', at);
    if (at === -1 || text[at + 1] !== '"') return at;
  }
}

function countQuotes(text: string): number {
  let count = 0;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) count += 1;
  return count;
}
