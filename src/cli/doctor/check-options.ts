import { limitNames } from '../../limits/index.js';
import { type Check, type Finding, isProduction, type Patient } from './finding.js';

const ONE_DAY_SECONDS = 24 * 3600;
const LONGEST_MAIL_TOKEN_SECONDS = ONE_DAY_SECONDS;
const LONGEST_INVITATION_SECONDS = 30 * ONE_DAY_SECONDS;

/** Options that are allowed, and that somebody may have set for a test and forgotten. What is never right is refused at start. */
export const checkOptions: Check = (patient) => [...limits(patient), ...lifetimes(patient), ...dataSource(patient)];

function limits(patient: Patient): Finding[] {
  const names = limitNames();
  const off = names.filter((name) => !patient.app.context.limits.isOn(name));
  if (off.length === 0) return [];
  const areAllOff = off.length === names.length;
  return [
    {
      severity: areAllOff && isProduction(patient) ? 'error' : 'warning',
      check: 'options',
      problem: `${areAllOff ? 'all rate limits' : `the rate limits ${off.join(', ')}`} are off: nothing bounds how often somebody tries`,
      advice: 'leave `rateLimits` out, or raise single limits: rateLimits: { login: { points: 300 } }',
    },
  ];
}

function lifetimes({ app: { context } }: Patient): Finding[] {
  const { settings } = context;
  const longest = {
    resetPasswordTokenLifetimeSeconds: LONGEST_MAIL_TOKEN_SECONDS,
    verificationTokenLifetimeSeconds: 7 * ONE_DAY_SECONDS,
    invitationTokenLifetimeSeconds: LONGEST_INVITATION_SECONDS,
  };
  return Object.entries(longest).flatMap(([name, most]) => {
    const seconds: unknown = Reflect.get(settings, name);
    if (typeof seconds !== 'number' || seconds <= most) return [];
    const problem = `\`${name}\` is ${seconds}: whoever finds an old mail by then can use its link`;
    return [{ severity: 'warning' as const, check: 'options', problem, advice: `${name}: ${most} or less` }];
  });
}

function dataSource(patient: Patient): Finding[] {
  const { synchronize, dropSchema, logging } = patient.app.context.table.database.dataSource.options;
  const findings: Finding[] = [];
  if (isProduction(patient) && (synchronize === true || dropSchema === true)) {
    const option = dropSchema === true ? 'dropSchema' : 'synchronize';
    findings.push({
      severity: 'error',
      check: 'options',
      problem: `\`${option}: true\` of the DataSource: a start drops ${dropSchema === true ? 'all tables' : 'columns that an entity lacks, with what is in them'}`,
      advice: `leave \`${option}\` out, and run migrations`,
    });
  }
  const logsQueries = logging === true || logging === 'all' || (Array.isArray(logging) && logging.includes('query'));
  if (isProduction(patient) && logsQueries) {
    findings.push({
      severity: 'warning',
      check: 'options',
      problem: 'the DataSource logs all queries with their parameters: addresses, password hashes and digests of tokens',
      advice: "logging: ['error', 'warn', 'migration']",
    });
  }
  return findings;
}
