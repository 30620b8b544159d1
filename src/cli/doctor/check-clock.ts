import { isMysqlFamily } from '../../database/index.js';
import type { Check } from './finding.js';

const MOST_SECONDS = 5;

/** Milliseconds since 1970, by the database's clock. */
const NOW = {
  postgres: 'SELECT EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS now',
  mysql: 'SELECT UNIX_TIMESTAMP(NOW(3)) * 1000 AS now',
  sqlite: "SELECT (julianday('now') - 2440587.5) * 86400000 AS now",
} as const;

/** Processes whose clocks differ disagree on which tokens and sessions are over; the database is what they have in common. */
export const checkClock: Check = async ({ app: { context } }) => {
  const { dataSource } = context.table.database;
  const sql = dataSource.options.type === 'postgres' ? NOW.postgres : isMysqlFamily(dataSource) ? NOW.mysql : NOW.sqlite;
  const before = context.clock.now().getTime();
  const rows: unknown = await dataSource.query(sql);
  const after = context.clock.now().getTime();
  const time = Number(Array.isArray(rows) ? Reflect.get(Object(rows[0]), 'now') : Number.NaN);
  const seconds = (time - (before + after) / 2) / 1000;
  if (!(Math.abs(seconds) > MOST_SECONDS + (after - before) / 2000)) return [];
  return [
    {
      severity: 'error',
      check: 'clock',
      problem: `the database's clock is ${Math.abs(Math.round(seconds))} s ${seconds > 0 ? 'ahead of' : 'behind'} the app's`,
      advice: 'keep both by NTP: timedatectl set-ntp true',
    },
  ];
};
