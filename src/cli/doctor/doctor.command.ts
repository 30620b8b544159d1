import { Command } from 'commander';
import type { CommandLine } from '../command-line.js';
import { EXIT_CODES, isSetupError } from '../failures.js';
import { counted, plainText } from '../plain-text.js';
import { checkClock } from './check-clock.js';
import { checkCookies } from './check-cookies.js';
import { checkMails } from './check-mails.js';
import { checkOptions } from './check-options.js';
import { checkPackages } from './check-packages.js';
import { checkProxy } from './check-proxy.js';
import { checkMigrations, checkSchema } from './check-schema.js';
import type { Check, Finding } from './finding.js';

const CHECKS: readonly Check[] = [
  checkSchema,
  checkMigrations,
  checkClock,
  checkProxy,
  checkCookies,
  checkMails,
  checkOptions,
  checkPackages,
];

export function doctorCommand(cli: CommandLine): Command {
  return new Command('doctor')
    .description('look for what breaks in production; run it with the environment of production')
    .action(async (_options: object, command: Command) => {
      const findings = await examine(cli, command);
      const errors = findings.filter(({ severity }) => severity === 'error').length;
      const warnings = findings.length - errors;
      cli.answer(command, { findings, errors, warnings }, textOf(findings, errors, warnings));
      if (process.env.NODE_ENV !== 'production') {
        cli.terminal.note('NODE_ENV is not production: some checks are milder, and some are left out.');
      }
      if (errors > 0) cli.exitCode = EXIT_CODES.failed;
    });
}

/** What ends the start is found as well as what does not. */
async function examine(cli: CommandLine, command: Command): Promise<Finding[]> {
  try {
    return await cli.withApp(command, async (app) => {
      const patient = { app, environment: process.env, setupFile: cli.setupFile(command) };
      const findings: Finding[] = [];
      for (const check of CHECKS) findings.push(...(await check(patient, findings)));
      return findings;
    });
  } catch (error) {
    if (!isSetupError(error)) throw error;
    const faults = Array.isArray(error.faults) ? error.faults.map(String) : [error.message];
    return faults.map((fault) => ({
      severity: 'error',
      check: 'set-up',
      problem: fault,
      advice: 'mend the options of setupUsers',
    }));
  }
}

function textOf(findings: readonly Finding[], errors: number, warnings: number): string {
  const lines = findings.flatMap(({ severity, check, problem, advice }) => [
    `${severity} (${check})  ${plainText(problem)}`,
    `    ${plainText(advice)}`,
  ]);
  if (findings.length === 0) return 'Nothing found.';
  return [...lines, '', `${counted(errors, 'error')}, ${counted(warnings, 'warning')}.`].join('\n');
}
