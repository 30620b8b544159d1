import { type Bench, CONNECTIONS, type DatabaseKind } from '../measure/bench.js';
import { ratios } from '../measure/statistics.js';
import { bearerRequests } from '../measure/tokens.js';
import { atLeast, type Figure, type Scenario } from './scenario.js';

/**
 * How many people ask in turn. Each of them uses pages of the large table that nobody else does, and the more there are, the fewer of
 * those are still in the processor's caches when they are needed again: what the table's size costs, and what its caches do, is told
 * apart by these.
 */
const PEOPLE = [CONNECTIONS, 200, 1000] as const;

/** Rounds on one pair of processes: how fast a process is hangs a little on where its code and its data happen to lie. */
const ROUNDS_OF_A_PAIR = 3;

/** Ratios of rates, large to small. */
type RatiosByPeople = Map<number, number[]>;

export const scale: Scenario = {
  name: 'scale',
  title: `GET me, bearer JWT, on the large table against 1,000 users, by ${CONNECTIONS} people, as many as connections`,
  async measure(bench) {
    const { sqlite, postgres } = await bench.load.onSecondCore(async () => ({
      sqlite: await measureOn(bench, 'sqlite'),
      postgres: await measureOn(bench, 'postgres'),
    }));
    return [...figuresOf('SQLite', sqlite, bench), ...figuresOf('PostgreSQL', postgres, bench)];
  },
};

function figuresOf(database: string, measured: RatiosByPeople, { effort }: Bench): Figure[] {
  return [...measured].map(([people, values]) =>
    people === CONNECTIONS
      ? { label: `${database}: rate at ${effort.large.users} users / at 1,000`, values, unit: '×', goal: atLeast(0.95, 0.98) }
      : { label: `${database}: the same by ${people} people in turn`, values, unit: '×' },
  );
}

async function measureOn(bench: Bench, kind: DatabaseKind): Promise<RatiosByPeople> {
  const measured: RatiosByPeople = new Map(PEOPLE.map((people) => [people, []]));
  for (let pair = 0; pair < bench.effort.pairs; pair += 1) await measurePair(bench, kind, measured);
  return measured;
}

/**
 * By servers of their own, so that both have done the same before, on a core of their own: where Linux moves them about, two equal
 * servers differ by two percent, and the goal is five.
 */
async function measurePair(bench: Bench, kind: DatabaseKind, measured: RatiosByPeople): Promise<void> {
  const small = await bench.database(kind, 'small');
  const large = await bench.database(kind, 'large');
  const servers = { small: await bench.startServer('ours', small), large: await bench.startServer('ours', large) };
  servers.small.keepOnFirstCore();
  servers.large.keepOnFirstCore();
  for (const [people, values] of measured) {
    const targets = {
      small: { server: servers.small, plan: bench.plan(bearerRequests(people, small.size)) },
      large: { server: servers.large, plan: bench.plan(bearerRequests(people, large.size)) },
    };
    const seen = await bench.inTurns(targets, { rounds: ROUNDS_OF_A_PAIR });
    values.push(...ratios(seen.large.rate, seen.small.rate));
  }
  await Promise.all([servers.small.stop(), servers.large.stop()]);
}
