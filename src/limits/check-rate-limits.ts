import { closestName } from '../runtime/closest-name.js';
import { isRecord } from '../runtime/records.js';
import { LIMIT_DEFAULTS } from './limit-names.js';

/** Seconds, 14 days: past some 24 days the timers of Node overflow and end at once. */
const LONGEST_SECONDS = 14 * 24 * 3600;
const MOST_POINTS = 1_000_000_000;

const LIMIT_NAMES = Object.keys(LIMIT_DEFAULTS);
const SETTING_NAMES = ['points', 'durationSeconds', 'blockSeconds'];

/**
 * Looks through the option `rateLimits`.
 * @returns the faults as sentences that say what to write; none where all is well
 */
export function checkRateLimits(options: unknown): string[] {
  if (options === undefined || options === false) {
    return [];
  }
  if (!isRecord(options)) {
    return ['`rateLimits` takes `false` or an object, such as `{ login: { points: 300 } }`. Left out, all limits are on.'];
  }
  return Object.entries(options).flatMap(([name, value]) => {
    if (value === undefined) {
      return [];
    }
    return name === 'store' ? storeFaults(value) : limitFaults(name, value);
  });
}

function limitFaults(name: string, value: unknown): string[] {
  const path = `rateLimits.${name}`;
  if (!LIMIT_NAMES.includes(name)) {
    return [`\`${path}\` is no limit: ${meant(name, [...LIMIT_NAMES, 'store'])}`];
  }
  if (value === false) {
    return [];
  }
  if (!isRecord(value)) {
    return [
      `\`${path}\` takes \`false\` or an object, such as \`{ points: 10, durationSeconds: 60 }\`. Left out, its default holds.`,
    ];
  }
  return Object.entries(value).flatMap(([setting, number]) => {
    if (!SETTING_NAMES.includes(setting)) {
      return [`\`${path}.${setting}\` is no setting of a limit: ${meant(setting, SETTING_NAMES)}`];
    }
    const most = setting === 'points' ? MOST_POINTS : LONGEST_SECONDS;
    if (number === undefined || isWhole(number, most)) {
      return [];
    }
    const unit = setting === 'points' ? '' : ' of seconds';
    return [
      `\`${path}.${setting}\` must be a whole number${unit} from 1 to ${most}. To switch the limit off write \`${name}: false\`.`,
    ];
  });
}

function storeFaults(store: unknown): string[] {
  if (typeof store !== 'object' || store === null || !('createLimiter' in store) || typeof store.createLimiter !== 'function') {
    return [
      '`rateLimits.store` takes `redisLimits(client)` or `databaseLimits(dataSource)`. Left out, each process counts in its memory.',
    ];
  }
  if (!('faults' in store) || typeof store.faults !== 'function') {
    return [];
  }
  const faults: unknown = store.faults();
  return Array.isArray(faults) ? faults.map((fault) => `\`rateLimits.store\`: ${fault}`) : [];
}

function meant(written: string, names: readonly string[]): string {
  const name = closestName(written, names);
  return name === undefined ? `write one of ${names.join(', ')}.` : `did you mean \`${name}\`?`;
}

function isWhole(value: unknown, most: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most;
}
