import type { Figure, Goal } from '../scenarios/scenario.js';
import { type Spread, spreadOf } from './statistics.js';

/** What came of a scenario. */
export interface Outcome {
  name: string;
  title: string;
  figures: readonly Figure[];
  /** Why there are none. */
  failure?: string;
}

export type Verdict = 'stretch' | 'goal' | 'missed' | 'none';

function verdictOf({ goal, values }: Figure): Verdict {
  if (goal === undefined) return 'none';
  const { median } = spreadOf(values);
  if (reaches(median, goal.at, goal.stretch)) return 'stretch';
  return reaches(median, goal.at, goal.goal) ? 'goal' : 'missed';
}

/** One scenario as lines of text: median, least and most, and whether that is what was aimed at. */
export function describeOutcome({ title, figures, failure }: Outcome): string {
  if (failure !== undefined) return `${title}\n  failed: ${failure}`;
  return [title, ...figures.map(describeFigure)].join('\n');
}

/** For a file: all figures with their rounds. */
export function asJson(outcomes: readonly Outcome[], machine: object): string {
  const scenarios = outcomes.map(({ figures, ...outcome }) => ({
    ...outcome,
    figures: figures.map((figure) => ({ ...figure, ...spreadOf(figure.values), verdict: verdictOf(figure) })),
  }));
  return `${JSON.stringify({ machine, scenarios }, null, 2)}\n`;
}

function describeFigure(figure: Figure): string {
  const spread = spreadOf(figure.values);
  const label = `  ${figure.label}`.padEnd(58);
  return `${label}${describeSpread(spread, figure.unit).padEnd(34)}${describeVerdict(figure)}`.trimEnd();
}

function describeSpread({ median, least, most }: Spread, unit: string): string {
  return `${digits(median).padStart(7)} ${unit.padEnd(2)} (${digits(least)} to ${digits(most)})`;
}

function describeVerdict(figure: Figure): string {
  if (figure.goal === undefined) return '';
  const words = { stretch: '✔ stretch', goal: '✔ goal', missed: '✘ missed', none: '' };
  return `${words[verdictOf(figure)]} (${describeGoal(figure.goal)})`;
}

function describeGoal({ at, goal, stretch }: Goal): string {
  return `at ${at} ${goal}, stretch ${stretch}`;
}

function reaches(value: number, at: Goal['at'], bound: number): boolean {
  return at === 'least' ? value >= bound : value <= bound;
}

function digits(value: number): string {
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
}
