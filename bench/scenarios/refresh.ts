import type { Bench, DatabaseKind } from '../measure/bench.js';
import { refreshRequests } from '../measure/sign-in.js';
import { ratios } from '../measure/statistics.js';
import { bearerRequests } from '../measure/tokens.js';
import { PEOPLE } from './me-bearer.js';
import { atLeast, type Scenario } from './scenario.js';

const CONNECTIONS = 16;

export const refresh: Scenario = {
  name: 'refresh',
  title: 'refresh with rotation against a plain read',
  async measure(bench) {
    const sqlite = await measureOn(bench, 'sqlite');
    const postgres = await measureOn(bench, 'postgres');
    return [
      { label: 'SQLite: rate / GET me', values: sqlite, unit: '×', goal: atLeast(0.3, 0.45) },
      { label: 'PostgreSQL: rate / GET me', values: postgres, unit: '×' },
    ];
  },
};

async function measureOn(bench: Bench, kind: DatabaseKind): Promise<number[]> {
  const database = await bench.database(kind, 'small');
  const server = await bench.server('ours', database);
  const { rotating, reading } = await bench.inTurns({
    rotating: {
      server,
      plan: { ...bench.plan(await refreshRequests(server, CONNECTIONS)), connections: CONNECTIONS, refreshes: true },
    },
    reading: { server, plan: { ...bench.plan(bearerRequests(PEOPLE, database.size)), connections: CONNECTIONS } },
  });
  return ratios(rotating.rate, reading.rate);
}
