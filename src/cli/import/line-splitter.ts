import { isUtf8 } from 'node:buffer';

/** A longer line is a fault, so that no file can fill the memory. */
export const MOST_LINE_BYTES = 1024 * 1024;

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const BYTE_ORDER_MARK = '\uFEFF';

/** A line of a file without its newline; a carriage return before it is kept, since it may stand inside a quoted value. */
export interface Line {
  /** From 1. */
  number: number;
  /**
   * Of a line that is not UTF-8 what could be read. Of one that is too long no more than one quote, where it has an odd number of them: so much
   * must be known to find the end of a value.
   */
  text: string;
  fault: LineFault | null;
}

export type LineFault = 'not UTF-8' | 'too long';

/** Makes lines of the bytes of a UTF-8 file, with or without a byte order mark or a newline at its end. */
export class LineSplitter {
  private lines = 0;
  private started: Buffer[] = [];
  private startedBytes = 0;
  private quotesOfTooLong = 0;

  /** @returns the lines that end in these bytes */
  push(bytes: Buffer): Line[] {
    const end = bytes.lastIndexOf(NEWLINE);
    if (end === -1) {
      this.keep(bytes);
      return [];
    }
    const first = bytes.indexOf(NEWLINE);
    const started = this.finish(bytes.subarray(0, first));
    const whole = end > first ? this.split(bytes.subarray(first + 1, end)) : [];
    this.keep(Buffer.from(bytes.subarray(end + 1)));
    return [started, ...whole];
  }

  /** @returns the last line, where no newline ends it */
  end(): Line[] {
    return this.startedBytes === 0 ? [] : [this.finish(Buffer.alloc(0))];
  }

  private keep(bytes: Buffer): void {
    this.started.push(bytes);
    this.startedBytes += bytes.length;
    if (this.startedBytes > MOST_LINE_BYTES) this.forget();
  }

  private finish(bytes: Buffer): Line {
    this.keep(bytes);
    const line =
      this.startedBytes > MOST_LINE_BYTES ? this.tooLong(this.quotesOfTooLong) : this.line(Buffer.concat(this.started));
    this.started = [];
    this.startedBytes = 0;
    this.quotesOfTooLong = 0;
    return line;
  }

  private forget(): void {
    for (const bytes of this.started) this.quotesOfTooLong += countQuotes(bytes);
    this.started = [];
  }

  /** Whole lines, most of which are good: decoding them at once is faster. */
  private split(bytes: Buffer): Line[] {
    if (bytes.length <= MOST_LINE_BYTES && isUtf8(bytes)) {
      return bytes
        .toString('utf8')
        .split('\n')
        .map((text) => ({ number: this.nextNumber(), text, fault: null }));
    }
    const lines: Line[] = [];
    for (let start = 0; start <= bytes.length; ) {
      const newline = bytes.indexOf(NEWLINE, start);
      const end = newline === -1 ? bytes.length : newline;
      const bytesOfLine = bytes.subarray(start, end);
      lines.push(bytesOfLine.length > MOST_LINE_BYTES ? this.tooLong(countQuotes(bytesOfLine)) : this.line(bytesOfLine));
      start = end + 1;
    }
    return lines;
  }

  private line(bytes: Buffer): Line {
    const number = this.nextNumber();
    const text = bytes.toString('utf8');
    const isMarked = number === 1 && text.startsWith(BYTE_ORDER_MARK);
    return { number, text: isMarked ? text.slice(1) : text, fault: isUtf8(bytes) ? null : 'not UTF-8' };
  }

  private tooLong(quotes: number): Line {
    return { number: this.nextNumber(), text: quotes % 2 === 1 ? '"' : '', fault: 'too long' };
  }

  private nextNumber(): number {
    this.lines += 1;
    return this.lines;
  }
}

function countQuotes(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(QUOTE); at !== -1; at = bytes.indexOf(QUOTE, at + 1)) count += 1;
  return count;
}
