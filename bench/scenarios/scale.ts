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
    const { sqlite, postgres } = await bench.load.onSecondCore(async () => ({
      sqlite: await measureOn(bench, 'sqlite'),
      postgres: await measureOn(bench, 'postgres'),
    }));
    const label = `rate at ${bench.effort.large.users} users / at 1,000`;
    return [
      { label: `SQLite: ${label}`, values: sqlite.few, unit: '×', goal: atLeast(0.95, 0.98) },
      { label: `SQLite: the same by ${MANY} people at once`, values: sqlite.many, unit: '×' },
      { label: `PostgreSQL: ${label}`, values: postgres.few, unit: '×', goal: atLeast(0.95, 0.98) },
      { label: `PostgreSQL: the same by ${MANY} people at once`, values: postgres.many, unit: '×' },
    ];
  },
};

/** Rounds on one pair of processes: how fast a process is hangs a little on where its code and its data happen to lie. */
const ROUNDS_OF_A_PAIR = 3;

async function measureOn(bench: Bench, kind: DatabaseKind): Promise<{ few: number[]; many: number[] }> {
  const rates: { few: number[]; many: number[] } = { few: [], many: [] };
  for (let pair = 0; pair < bench.effort.pairs; pair += 1) {
    const { few, many } = await measurePair(bench, kind);
    rates.few.push(...few);
    rates.many.push(...many);
  }
  return rates;
}

/**
 * By servers of their own, so that both have done the same before, on a core of their own: where Linux moves them about, two equal
 * servers differ by two percent, and the goal is five.
 */
async function measurePair(bench: Bench, kind: DatabaseKind): Promise<{ few: number[]; many: number[] }> {
  const small = await bench.database(kind, 'small');
  const large = await bench.database(kind, 'large');
  const servers = { small: await bench.startServer('ours', small), large: await bench.startServer('ours', large) };
  servers.small.keepOnFirstCore();
  servers.large.keepOnFirstCore();
  const rateBy = async (people: number): Promise<number[]> => {
    const targets = {
      small: { server: servers.small, plan: bench.plan(bearerRequests(people, small.size)) },
      large: { server: servers.large, plan: bench.plan(bearerRequests(people, large.size)) },
    };
    const seen = await bench.inTurns(targets, { rounds: ROUNDS_OF_A_PAIR });
    return ratios(seen.large.rate, seen.small.rate);
  };
  const rates = { few: await rateBy(PEOPLE), many: await rateBy(MANY) };
  await Promise.all([servers.small.stop(), servers.large.stop()]);
  return rates;
}
