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
  // Of their own, so that both have done the same before.
  const servers = { small: await bench.startServer('ours', small), large: await bench.startServer('ours', large) };
  const seen = await bench.inTurns({
    small: { server: servers.small, plan: bench.plan(bearerRequests(MANY, small.size)) },
    large: { server: servers.large, plan: bench.plan(bearerRequests(MANY, large.size)) },
  });
  await Promise.all([servers.small.stop(), servers.large.stop()]);
  return ratios(seen.large.rate, seen.small.rate);
}
