import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, SeededDatabase } from '../measure/bench.js';
import type { ServerName } from '../measure/server.js';
import { logins, take } from '../measure/sign-in.js';
import { median, quantile, ratios } from '../measure/statistics.js';
import { bearerRequests } from '../measure/tokens.js';
import { PEOPLE } from './me-bearer.js';
import { atMost, type Scenario } from './scenario.js';

const LOGINS = 64;

interface Latencies {
  idleMedian: number;
  idleP99: number;
  median: number;
  p99: number;
}

export const underLogins: Scenario = {
  name: 'under-logins',
  title: 'GET me while 64 people log in',
  async measure(bench) {
    const database = await bench.database('sqlite', 'small');
    const ours: Latencies[] = [];
    const passport: Latencies[] = [];
    const single: Latencies[] = [];
    for (let round = 0; round < bench.effort.costlyRounds; round += 1) {
      ours.push(await measureBoth(bench, 'ours', database, 32));
      passport.push(await measureBoth(bench, 'passport', database, 32));
      if (round % 2 === 0) single.push(await measureBoth(bench, 'ours', database, 1));
    }
    const p99 = (seen: Latencies[]): number[] => seen.map((latencies) => latencies.p99);
    const slowdown = (seen: Latencies[]): number[] => seen.map((latencies) => latencies.median / latencies.idleMedian);
    return [
      {
        label: 'p99 / that of passport-jwt by hand',
        values: ratios(p99(ours), p99(passport)),
        unit: '×',
        goal: atMost(0.8, 0.5),
      },
      { label: 'median / idle median', values: slowdown(ours), unit: '×', goal: atMost(1.3, 1.1) },
      { label: 'median / idle median, passport-jwt by hand', values: slowdown(passport), unit: '×' },
      { label: 'median / idle median, one reader', values: slowdown(single), unit: '×' },
      { label: 'one reader, idle', values: single.map((latencies) => latencies.idleMedian), unit: 'ms' },
      { label: 'p99 / idle p99', values: ours.map((latencies) => latencies.p99 / latencies.idleP99), unit: '×' },
      { label: 'p99', values: p99(ours), unit: 'ms' },
    ];
  },
};

/** On a server of its own, which goes with the logins that are still under way: they would take seconds to end. */
async function measureBoth(bench: Bench, name: ServerName, database: SeededDatabase, connections: number): Promise<Latencies> {
  const server = await bench.startServer(name, database);
  const { port } = server;
  const endless = { port, connections, requests: bearerRequests(PEOPLE, database.size), expect: 200 };
  const reading = { ...endless, milliseconds: bench.effort.readingMilliseconds };
  await bench.load.run({ ...reading, total: bench.effort.warmUp, milliseconds: bench.effort.warmUp });
  const idle = await bench.load.run(reading);
  // They who read were there before, and go on: what is measured is no start from a rest.
  const before = bench.load.start(endless);
  const requests = take(LOGINS * 4, logins(database.size));
  const signIns = bench.load.start({ port, connections: LOGINS, requests, fromManyAddresses: true, expect: 200 });
  // Those that are cut off in the end are no failures of what is measured here.
  const ended = signIns.done.catch(() => undefined);
  await sleep(bench.effort.settlingMilliseconds);
  before.stop();
  await before.done;
  const busy = await bench.load.run(reading);
  signIns.stop();
  await server.kill();
  await ended;
  return {
    idleMedian: median(idle.latencies),
    idleP99: quantile(idle.latencies, 0.99),
    median: median(busy.latencies),
    p99: quantile(busy.latencies, 0.99),
  };
}
