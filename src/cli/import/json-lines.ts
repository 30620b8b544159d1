import { badRecord, type ImportRecord, LINE_FAULTS, type RecordFormat } from './import-record.js';
import type { Line } from './line-splitter.js';

/** One JSON object a line; blank lines are none. */
export class JsonLines implements RecordFormat {
  push(lines: readonly Line[]): ImportRecord[] {
    return lines.filter(({ text, fault }) => fault !== null || text.trim() !== '').map(recordOf);
  }

  end(): ImportRecord[] {
    return [];
  }
}

function recordOf({ number, text, fault }: Line): ImportRecord {
  if (fault !== null) return badRecord(number, LINE_FAULTS[fault]);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // V8's own message repeats the text.
    return badRecord(number, 'the line is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return badRecord(number, 'the line is no JSON object');
  return { line: number, values: Object.assign(Object.create(null), value), fault: null, size: text.length };
}
