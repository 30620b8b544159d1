import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, SeededDatabase } from '../measure/bench.js';
import type { ServerName } from '../measure/server.js';
import { ratios } from '../measure/statistics.js';
import { atMost, type Scenario } from './scenario.js';

const REST_MILLISECONDS = 500;

interface Start {
  milliseconds: number;
  megabytes: number;
}

export const startUp: Scenario = {
  name: 'start-up',
  title: 'start-up and memory at rest',
  async measure(bench) {
    const database = await bench.database('sqlite', 'small');
    const floor: Start[] = [];
    const ours: Start[] = [];
    for (let round = 0; round <= bench.effort.costlyRounds; round += 1) {
      floor.push(await start(bench, 'floor', database));
      ours.push(await start(bench, 'ours', database));
    }
    const time = (starts: Start[]): number[] => starts.map(({ milliseconds }) => milliseconds);
    const memory = (starts: Start[]): number[] => starts.map(({ megabytes }) => megabytes);
    return [
      { label: 'start-up / floor', values: ratios(time(ours), time(floor)), unit: '×', goal: atMost(1.4, 1.2) },
      { label: 'memory at rest / floor', values: ratios(memory(ours), memory(floor)), unit: '×', goal: atMost(1.15, 1.0) },
      { label: 'start-up', values: time(ours), unit: 'ms' },
      { label: 'memory at rest', values: memory(ours), unit: 'MB' },
    ];
  },
};

async function start(bench: Bench, name: ServerName, database: SeededDatabase): Promise<Start> {
  const server = await bench.startServer(name, database);
  await sleep(REST_MILLISECONDS);
  const { rss } = await server.usage();
  await server.stop();
  return { milliseconds: server.startMilliseconds, megabytes: rss / 1e6 };
}
