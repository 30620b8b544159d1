import type { Bench, DatabaseKind } from '../measure/bench.js';
import { ratios } from '../measure/statistics.js';
import { bearerRequests } from '../measure/tokens.js';
import { PEOPLE } from './me-bearer.js';
import { atLeast, type Scenario } from './scenario.js';

/** As many people at one time that the pages of a large table which they use no longer fit into the processor's caches. */
const MANY = 1000;

export const scale: Scenario = {
  name: 'scale',
  title: 'GET me, bearer JWT, on the large table against 1,000 users',
  async measure(bench) {
    const sqlite = await measureOn(bench, 'sqlite');
    const postgres = await measureOn(bench, 'postgres');
    const label = `rate at ${bench.effort.large.users} users / at 1,000`;
    return [
      { label: `SQLite: ${label}`, values: sqlite.few, unit: '×', goal: atLeast(0.95, 0.98) },
      { label: `SQLite: the same by ${MANY} people at once`, values: sqlite.many, unit: '×' },
      { label: `PostgreSQL: ${label}`, values: postgres.few, unit: '×', goal: atLeast(0.95, 0.98) },
      { label: `PostgreSQL: the same by ${MANY} people at once`, values: postgres.many, unit: '×' },
    ];
  },
};

async function measureOn(bench: Bench, kind: DatabaseKind): Promise<{ few: number[]; many: number[] }> {
  const small = await bench.database(kind, 'small');
  const large = await bench.database(kind, 'large');
  // Of their own, so that both have done the same before.
  const servers = { small: await bench.startServer('ours', small), large: await bench.startServer('ours', large) };
  const rateBy = async (people: number): Promise<number[]> => {
    const seen = await bench.inTurns({
      small: { server: servers.small, plan: bench.plan(bearerRequests(people, small.size)) },
      large: { server: servers.large, plan: bench.plan(bearerRequests(people, large.size)) },
    });
    return ratios(seen.large.rate, seen.small.rate);
  };
  const rates = { few: await rateBy(PEOPLE), many: await rateBy(MANY) };
  await Promise.all([servers.small.stop(), servers.large.stop()]);
  return rates;
}
