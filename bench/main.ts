import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HELP, readArguments } from './measure/arguments.js';
import { Bench } from './measure/bench.js';
import { asJson, describeOutcome, type Outcome } from './measure/report.js';
import { scenarios } from './scenarios/index.js';
import type { Scenario } from './scenarios/scenario.js';

const RESULTS = fileURLToPath(new URL('../results/latest.json', import.meta.url));

/**
 * Measures, prints a table, and writes the figures as JSON.
 * @param startPostgres - starts a server at the first need, and answers its URL
 * @returns the exit code: 1 where a scenario failed; a goal that was missed is no failure
 */
export async function main(args: readonly string[], startPostgres: () => Promise<string>): Promise<number> {
  const { only, effort, json = RESULTS, profile, large, isHelpWanted } = readArguments(args);
  if (isHelpWanted) {
    console.log(`${HELP}\n\nScenarios: ${scenarios.map(({ name }) => name).join(', ')}`);
    return 0;
  }
  const wanted = scenarios.filter(({ name }) => only.length === 0 || only.includes(name));
  const bench = new Bench(effort, startPostgres, (what) => console.error(`… ${what}`), { profile, large });
  const outcomes: Outcome[] = [];
  try {
    for (const scenario of wanted) {
      const startedAt = performance.now();
      const outcome = await outcomeOf(scenario, bench);
      console.error(`… ${scenario.name} took ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
      console.log(describeOutcome(outcome));
      outcomes.push(outcome);
    }
  } finally {
    await bench.close();
  }
  mkdirSync(dirname(json), { recursive: true });
  writeFileSync(json, asJson(outcomes, machine()));
  return outcomes.some(({ failure }) => failure !== undefined) ? 1 : 0;
}

/** One that fails does not keep the others from being measured. */
async function outcomeOf(scenario: Scenario, bench: Bench): Promise<Outcome> {
  const { name, title } = scenario;
  try {
    return { name, title, figures: await scenario.measure(bench) };
  } catch (error) {
    return { name, title, figures: [], failure: error instanceof Error ? error.message : String(error) };
  }
}

function machine(): object {
  return {
    node: process.version,
    processor: cpus()[0]?.model,
    cores: availableParallelism(),
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    load: loadavg(),
  };
}
