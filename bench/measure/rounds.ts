import type { Load } from './load.js';
import type { LoadPlan, LoadResult } from './load-messages.js';
import type { Server } from './server.js';

/** Something that is measured in turns with others. */
export interface Target {
  server: Server;
  plan: Omit<LoadPlan, 'port'>;
}

/** What was seen of a target, one value a round. */
export interface Series {
  /** Requests a second. */
  rate: number[];
  /** Microseconds of CPU a request, of the server's process. */
  cpu: number[];
  /** Milliseconds. */
  median: number[];
  p99: number[];
}

export interface RoundOptions {
  rounds: number;
  /** Milliseconds of load before the first round, so that code is compiled and caches are warm. */
  warmUp: number;
}

/** Measures the targets in turns, A B C A B C, so that what else the machine does falls on all of them. */
export async function measureInTurns<Name extends string>(
  load: Load,
  targets: Record<Name, Target>,
  { rounds, warmUp }: RoundOptions,
): Promise<Record<Name, Series>> {
  const names = Object.keys(targets) as Name[];
  const series = Object.fromEntries(names.map((name) => [name, emptySeries()])) as Record<Name, Series>;
  for (const name of names) {
    const { server, plan } = targets[name];
    if (warmUp > 0) await load.run({ ...plan, port: server.port, milliseconds: warmUp });
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) {
      const { result, cpu } = await measureOnce(load, targets[name]);
      series[name].rate.push((result.requests / result.milliseconds) * 1000);
      series[name].cpu.push(cpu / result.requests);
      series[name].median.push(result.median);
      series[name].p99.push(result.p99);
    }
  }
  return series;
}

/** Nothing is under way before and after, so that the CPU is that of these requests alone. */
export async function measureOnce(load: Load, { server, plan }: Target): Promise<{ result: LoadResult; cpu: number }> {
  const before = await server.usage();
  const result = await load.run({ ...plan, port: server.port });
  const after = await server.usage();
  return { result, cpu: after.cpu - before.cpu };
}

function emptySeries(): Series {
  return { rate: [], cpu: [], median: [], p99: [] };
}
