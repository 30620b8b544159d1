import { parseArgs } from 'node:util';
import { type DatabaseSettings, settingsOf } from '../seed/databases.js';
import type { DatabaseKind, Effort } from './bench.js';

export const HELP = `npm run bench -- [options]
  --quick             below 90 seconds, on small tables
  --only NAME         one scenario; may be given several times
  --rounds N          rounds of each comparison but the scale's (9; 3 with --quick, unless --only)
  --users N           users of the large table (1000000; 5000 with --quick)
  --sessions N        sessions of the large table (ten for each user; three with --quick)
  --large URL         a database that the command seed has filled, in place of a new one (sqlite:PATH, postgres://…); its PostgreSQL
                      gets the small one too, bench_small
  --profile FOLDER    keeps a CPU profile of each server there; they are slower meanwhile
  --json FILE         where the figures go (bench/results/latest.json)`;

export interface Arguments {
  only: readonly string[];
  effort: Effort;
  json: string | undefined;
  profile: string | undefined;
  large: Partial<Record<DatabaseKind, DatabaseSettings>>;
  isHelpWanted: boolean;
}

const THOROUGH = {
  rounds: 9,
  pairs: 8,
  turns: 6,
  milliseconds: 150,
  warmUp: 20_000,
  users: 1_000_000,
  sessionsEach: 10,
  costlyRounds: 5,
  readingMilliseconds: 2000,
  settlingMilliseconds: 2000,
  logins: 32,
};
const QUICK = {
  rounds: 3,
  pairs: 1,
  turns: 3,
  milliseconds: 50,
  warmUp: 1000,
  users: 5000,
  sessionsEach: 3,
  costlyRounds: 2,
  readingMilliseconds: 500,
  settlingMilliseconds: 700,
  logins: 5,
};
const ONE_QUICK = {
  ...QUICK,
  rounds: 15,
  pairs: 5,
  turns: 4,
  milliseconds: 100,
  warmUp: 3000,
  costlyRounds: 5,
  readingMilliseconds: 2000,
  settlingMilliseconds: 2000,
};

/** @throws TypeError for an option that is unknown */
export function readArguments(args: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string' },
      users: { type: 'string' },
      sessions: { type: 'string' },
      json: { type: 'string' },
      profile: { type: 'string' },
      large: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  });
  const only = values.only;
  const defaults = values.quick ? (only.length === 0 ? QUICK : ONE_QUICK) : THOROUGH;
  const users = wholeNumber('users', values.users, defaults.users);
  const { pairs, turns, milliseconds, warmUp, costlyRounds, readingMilliseconds, settlingMilliseconds, logins } = defaults;
  return {
    only,
    json: values.json,
    profile: values.profile,
    large: Object.fromEntries(values.large.map((url) => [url.startsWith('sqlite:') ? 'sqlite' : 'postgres', settingsOf(url)])),
    isHelpWanted: values.help,
    effort: {
      rounds: wholeNumber('rounds', values.rounds, defaults.rounds),
      pairs,
      turns,
      milliseconds,
      warmUp,
      costlyRounds,
      readingMilliseconds,
      settlingMilliseconds,
      logins,
      small: { users: 1000, sessions: 3000 },
      large: { users, sessions: wholeNumber('sessions', values.sessions, users * defaults.sessionsEach) },
    },
  };
}

function wholeNumber(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const number = Number(text.replaceAll('_', ''));
  if (!Number.isSafeInteger(number) || number < 1) throw new TypeError(`--${name} takes a whole number above 0`);
  return number;
}
