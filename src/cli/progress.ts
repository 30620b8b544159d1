import type { WriteStream } from 'node:tty';
import { plainText } from './plain-text.js';

const BAR_CELLS = 24;
const REDRAW_MILLISECONDS = 100;
const LINE_MILLISECONDS = 10_000;

/** How far long work is: a bar on a terminal, a line every ten seconds elsewhere. */
export class Progress {
  private readonly startedAt = performance.now();
  private lastShown: number;
  private done = 0;
  private firstDone: number | null = null;

  /**
   * @param label - what is done, such as `users`
   * @param total - how many there are in all; null where nobody knows beforehand
   */
  constructor(
    private readonly stream: Pick<WriteStream, 'write'> & { isTTY?: boolean },
    private readonly label: string,
    private readonly total: number | null = null,
  ) {
    this.lastShown = stream.isTTY === true ? Number.NEGATIVE_INFINITY : this.startedAt;
  }

  /**
   * Tells how much is done in all; it is shown now and then.
   * @param detail - a word or two to stand behind the numbers
   */
  update(done: number, detail = ''): void {
    this.firstDone ??= done;
    this.done = done;
    const now = performance.now();
    const pause = this.stream.isTTY === true ? REDRAW_MILLISECONDS : LINE_MILLISECONDS;
    if (now - this.lastShown < pause) return;
    this.lastShown = now;
    this.show(now, detail);
  }

  /** Takes the bar off the terminal, so that the result stands alone. */
  end(): void {
    if (this.stream.isTTY === true && this.firstDone !== null) this.stream.write('\r\x1B[2K');
  }

  private show(now: number, detail: string): void {
    const seconds = (now - this.startedAt) / 1000;
    // What an earlier run had done already says nothing of this one's speed.
    const rate = seconds > 0 ? (this.done - (this.firstDone ?? 0)) / seconds : 0;
    const parts = [
      `${this.done.toLocaleString('en')}${this.total === null ? '' : ` of ${this.total.toLocaleString('en')}`} ${this.label}`,
      ...(rate >= 1 ? [`${Math.round(rate).toLocaleString('en')} a second`] : []),
      ...(this.total !== null && rate > 0 ? [`${duration((this.total - this.done) / rate)} left`] : []),
      ...(detail === '' ? [] : [plainText(detail)]),
    ];
    const text = parts.join(', ');
    this.stream.write(this.stream.isTTY === true ? `\r\x1B[2K${this.bar()}${text}` : `${text}\n`);
  }

  private bar(): string {
    if (this.total === null || this.total <= 0) return '';
    const filled = Math.round((Math.min(this.done, this.total) / this.total) * BAR_CELLS);
    return `[${'='.repeat(filled)}${' '.repeat(BAR_CELLS - filled)}] `;
  }
}

function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const minutes = Math.floor(whole / 60);
  return minutes === 0 ? `${whole} s` : `${minutes} min ${whole % 60} s`;
}
