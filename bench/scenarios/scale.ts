import type { Bench, DatabaseKind } from '../measure/bench.js';
import { ratios } from '../measure/statistics.js';
import { bearerRequests } from '../measure/tokens.js';
import { atLeast, type Scenario } from './scenario.js';

/** People who are there at one time. */
const MANY = 1000;

export const scale: Scenario = {
  name: 'scale',
  title: 'GET me, bearer JWT, on the large table against 1,000 users',
  async measure(bench) {
    const sqlite = await measureOn(bench, 'sqlite');
    const postgres = await measureOn(bench, 'postgres');
    return [
      {
        label: `SQLite: rate at ${bench.effort.large.users} users / at 1,000`,
        values: sqlite,
        unit: '×',
        goal: atLeast(0.95, 0.98),
      },
      {
        label: `PostgreSQL: rate at ${bench.effort.large.users} users / at 1,000`,
        values: postgres,
        unit: '×',
        goal: atLeast(0.95, 0.98),
      },
    ];
  },
};

async function measureOn(bench: Bench, kind: DatabaseKind): Promise<number[]> {
  const small = await bench.database(kind, 'small');
  const large = await bench.database(kind, 'large');
  const seen = await bench.inTurns({
    small: { server: await bench.server('ours', small), plan: bench.plan(bearerRequests(MANY, small.size)) },
    large: { server: await bench.server('ours', large), plan: bench.plan(bearerRequests(MANY, large.size)) },
  });
  return ratios(seen.large.rate, seen.small.rate);
}
