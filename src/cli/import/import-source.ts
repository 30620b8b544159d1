import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { CommandFailure, EXIT_CODES } from '../failures.js';
import { plainText } from '../plain-text.js';
import { Csv } from './csv.js';
import type { ImportRecord, RecordFormat } from './import-record.js';
import { JsonLines } from './json-lines.js';
import { LineSplitter } from './line-splitter.js';

export const FORMATS = ['csv', 'jsonl'] as const;
export type FormatName = (typeof FORMATS)[number];

/** What makes a file this one, and how long it will take. */
export interface FileSurvey {
  bytes: number;
  /** In hex. */
  sha256: string;
  /** Newlines, which are nearly its records. */
  lines: number;
}

const ENDINGS: Readonly<Record<string, FormatName>> = { csv: 'csv', tsv: 'csv', jsonl: 'jsonl', ndjson: 'jsonl' };
const CHUNK_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

/** @throws {@link CommandFailure} where neither an option nor the file's name tells */
export function formatOf(file: string, given: FormatName | undefined): FormatName {
  const ending = file.slice(file.lastIndexOf('.') + 1).toLowerCase();
  const format = given ?? (Object.hasOwn(ENDINGS, ending) ? ENDINGS[ending] : undefined);
  if (format !== undefined) return format;
  throw new CommandFailure('add --format csv or --format jsonl: the name of the file does not tell', EXIT_CODES.usage);
}

/** Reads the file once, so that another one of the same name is told from it. */
export async function survey(file: string): Promise<FileSurvey> {
  const hash = createHash('sha256');
  let bytes = 0;
  let lines = 0;
  for await (const chunk of bytesOf(file)) {
    hash.update(chunk);
    bytes += chunk.length;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) lines += 1;
  }
  return { bytes, lines, sha256: hash.digest('hex') };
}

/** @param file - `-` is stdin */
export async function* bytesOf(file: string): AsyncGenerator<Buffer> {
  const stream = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: CHUNK_BYTES });
  try {
    for await (const chunk of stream) yield Buffer.from(chunk);
  } catch (error) {
    throw new CommandFailure(`${plainText(file)} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The records of a file, as many at once as a piece of it has; no more is read than is asked for. */
export async function* recordsOf(bytes: AsyncIterable<Buffer>, format: RecordFormat): AsyncGenerator<ImportRecord[]> {
  const splitter = new LineSplitter();
  for await (const chunk of bytes) yield format.push(splitter.push(chunk));
  yield format.push(splitter.end());
  yield format.end();
}

export interface CsvOptions {
  delimiter: string;
  checkHeader: (names: readonly string[]) => void;
}

export function makeFormat(name: FormatName, { delimiter, checkHeader }: CsvOptions): RecordFormat {
  return name === 'csv' ? new Csv(delimiter, checkHeader) : new JsonLines();
}
