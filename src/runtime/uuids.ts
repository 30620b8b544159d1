import { v7 } from 'uuid';
import type { Clock } from './clock.js';
import type { Randomness } from './randomness.js';

/**
 * Makes UUIDs of version 7: 48 bits of time, a counter that keeps the order within a millisecond, then random bits.
 * @see {@link https://www.rfc-editor.org/rfc/rfc9562#section-5.7 | RFC 9562, 5.7}
 */
export class Uuids {
  private lastTime = Number.NEGATIVE_INFINITY;
  private counter = 0;

  constructor(
    private readonly clock: Clock,
    private readonly randomness: Randomness,
  ) {}

  next(): string {
    const random = this.randomness.bytes(16);
    const time = this.clock.now().getTime();
    if (time > this.lastTime) {
      this.lastTime = time;
      // The top bit stays free, so that a millisecond has room for two billion ids.
      this.counter = random.readUInt32BE(6) >>> 1;
    } else {
      this.counter += 1;
    }
    return v7({ msecs: this.lastTime, seq: this.counter, random });
  }
}

const FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a text from outside is a UUID of any version in lower case, as all of the library's are written. */
export function isUuid(text: string): boolean {
  return FORM.test(text);
}
