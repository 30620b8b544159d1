import type { Load } from './load.js';
import type { LoadPlan } from './load-messages.js';
import type { Server } from './server.js';
import { median, quantile } from './statistics.js';

/** Something that is measured in turns with others. */
export interface Target {
  server: Server;
  /** A function where each turn needs requests of its own. */
  plan: Plan | (() => Plan);
}

export type Plan = Omit<LoadPlan, 'port'>;

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
  /** How often a target has its turn in a round. */
  turns: number;
  /** Requests that a server answers before the first round, so that its code is compiled and its caches are warm. */
  warmUp: number;
}

interface Turn {
  cpu: number;
  milliseconds: number;
  latencies: number[];
}

/**
 * Measures the targets in turns so short, A B C, C A B, B C A, that what else the machine does falls on all of them alike. The turns of a
 * round are added up.
 */
export async function measureInTurns<Name extends string>(
  load: Load,
  targets: Record<Name, Target>,
  { rounds, turns, warmUp }: RoundOptions,
): Promise<Record<Name, Series>> {
  const names = Object.keys(targets) as Name[];
  const series = Object.fromEntries(names.map((name) => [name, emptySeries()])) as Record<Name, Series>;
  for (const name of names) await warmUpTarget(load, targets[name], warmUp);
  for (let round = 0; round < rounds; round += 1) {
    const seen = new Map<Name, Turn[]>(names.map((name) => [name, []]));
    for (let turn = 0; turn < turns; turn += 1) {
      const first = (round * turns + turn) % names.length;
      for (const name of [...names.slice(first), ...names.slice(0, first)]) {
        seen.get(name)?.push(await measureOnce(load, targets[name]));
      }
    }
    for (const name of names) add(series[name], seen.get(name) ?? []);
  }
  return series;
}

/** A server that is warm still has to meet the requests that are new to it. One that is slow gets a millisecond for each. */
async function warmUpTarget(load: Load, { server, plan }: Target, requests: number): Promise<void> {
  if (typeof plan === 'function') return;
  // A refresh is other code than what the server is warm for by then.
  const total = plan.refreshes === true ? requests : Math.max(requests - server.warmth, requests / 10);
  const { latencies, nextRequests } = await load.run({ ...plan, port: server.port, total, milliseconds: requests });
  if (nextRequests !== undefined) plan.requests = nextRequests;
  server.warmth += latencies.length;
}

/** Nothing is under way before and after, so that the CPU is that of these requests alone. */
async function measureOnce(load: Load, target: Target): Promise<Turn> {
  const { server } = target;
  const plan = typeof target.plan === 'function' ? target.plan() : target.plan;
  const before = await server.usage();
  const { milliseconds, latencies, nextRequests } = await load.run({ ...plan, port: server.port });
  const after = await server.usage();
  if (nextRequests !== undefined) plan.requests = nextRequests;
  return { cpu: after.cpu - before.cpu, milliseconds, latencies };
}

function add(series: Series, turns: readonly Turn[]): void {
  const latencies = turns.flatMap((turn) => turn.latencies);
  series.rate.push((latencies.length / sum(turns, 'milliseconds')) * 1000);
  series.cpu.push(sum(turns, 'cpu') / latencies.length);
  series.median.push(median(latencies));
  series.p99.push(quantile(latencies, 0.99));
}

function sum(turns: readonly Turn[], what: 'cpu' | 'milliseconds'): number {
  return turns.reduce((total, turn) => total + turn[what], 0);
}

function emptySeries(): Series {
  return { rate: [], cpu: [], median: [], p99: [] };
}
