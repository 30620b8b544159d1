import type { CommandApp } from '../setup-module.js';

/** Something that breaks in production, or might. */
export interface Finding {
  /** An error breaks the app or its safety; a warning is right in some apps. */
  severity: 'error' | 'warning';
  /** Which check found it, by a name that stays. */
  check: string;
  /** What is wrong. */
  problem: string;
  /** What to write. */
  advice: string;
}

/** What a check looks at. */
export interface Patient {
  app: CommandApp;
  environment: NodeJS.ProcessEnv;
  /** The set-up module's path. */
  setupFile: string;
}

/** Looks at one subject. It changes nothing. `found` is what the checks before it found. */
export type Check = (patient: Patient, found: readonly Finding[]) => Finding[] | Promise<Finding[]>;

export function isProduction({ environment }: Patient): boolean {
  return environment.NODE_ENV === 'production';
}
