import type { Clock } from '../runtime/clock.js';

type Duration = Partial<Record<'seconds' | 'minutes' | 'hours' | 'days', number>>;

/** A clock that a test moves: `setupUsers({ …, clock })`. It begins with the present time and stands still. */
export class TestClock implements Clock {
  private time: number;

  constructor(start: Date = new Date()) {
    this.time = start.getTime();
  }

  now(): Date {
    return new Date(this.time);
  }

  /** Moves the clock forward. */
  advance({ seconds = 0, minutes = 0, hours = 0, days = 0 }: Duration): void {
    this.time += (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
  }
}
