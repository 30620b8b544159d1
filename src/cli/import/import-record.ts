import type { Line, LineFault } from './line-splitter.js';

/** What the file tells of one user, before anything is known of its values. */
export interface ImportRecord {
  /** Where it begins, from 1. */
  line: number;
  /** By the file's own names, which lead to no prototype; null where the lines cannot be read. */
  values: Readonly<Record<string, unknown>> | null;
  /** Why they cannot be read. */
  fault: string | null;
  /** How much memory it takes, roughly. */
  size: number;
}

/** Makes records of lines. */
export interface RecordFormat {
  push(lines: readonly Line[]): ImportRecord[];
  /** @returns what the end of the file completes */
  end(): ImportRecord[];
}

export function badRecord(line: number, fault: string): ImportRecord {
  return { line, values: null, fault, size: 0 };
}

export const LINE_FAULTS: Readonly<Record<LineFault, string>> = {
  'not UTF-8': 'the line is not UTF-8',
  'too long': 'the line has more than 1 MiB',
};
