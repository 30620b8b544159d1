import type { Clock } from '../../../../src/runtime/clock.js';

/** The system's time, and what a test adds to it. */
export class TestClock implements Clock {
  private added = 0;

  now(): Date {
    return new Date(Date.now() + this.added);
  }

  advance(seconds: number): void {
    this.added += seconds * 1000;
  }
}
