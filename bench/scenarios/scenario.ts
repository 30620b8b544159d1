import type { Bench } from '../measure/bench.js';

/** What a figure has to be. */
export interface Goal {
  at: 'least' | 'most';
  goal: number;
  stretch: number;
}

/** One line of the table. */
export interface Figure {
  /** What is compared with what: `rate / floor`. */
  label: string;
  /** One a round. */
  values: readonly number[];
  /** `×` where a ratio. */
  unit: '×' | 'ms' | 'µs' | 'MB' | '/s';
  goal?: Goal;
}

export interface Scenario {
  /** For `--only`. */
  name: string;
  title: string;
  measure(bench: Bench): Promise<Figure[]>;
}

export function atLeast(goal: number, stretch: number): Goal {
  return { at: 'least', goal, stretch };
}

export function atMost(goal: number, stretch: number): Goal {
  return { at: 'most', goal, stretch };
}
