import type { Bench, SeededDatabase } from '../measure/bench.js';
import { get } from '../measure/requests.js';
import type { Plan } from '../measure/rounds.js';
import { logins, registrations, take } from '../measure/sign-in.js';
import { ratios } from '../measure/statistics.js';
import { bearerRequests } from '../measure/tokens.js';
import { PEOPLE } from './me-bearer.js';
import { atLeast, type Scenario } from './scenario.js';

const CONNECTIONS = 8;
const WARM_UP = 12;

export const signIn: Scenario = {
  name: 'sign-in',
  title: 'login and register against the pure hash, by CPU, bcrypt of cost 12',
  async measure(bench) {
    const database = await bench.database('sqlite', 'small');
    const people = { known: logins(database.size), strangers: registrations() };
    const seen: Shares = { login: [], register: [], loginRate: [], hashMilliseconds: [] };
    for (let round = 0; round < bench.effort.costlyRounds; round += 1) {
      const shares = await measureRound(bench, database, people);
      for (const name of Object.keys(seen) as (keyof Shares)[]) seen[name].push(...shares[name]);
    }
    return [
      { label: 'login: share of the pure hash', values: seen.login, unit: '×', goal: atLeast(0.97, 0.98) },
      { label: 'register: share of the pure hash', values: seen.register, unit: '×', goal: atLeast(0.97, 0.98) },
      { label: 'login: rate / rate of the pure hash', values: seen.loginRate, unit: '×' },
      { label: 'CPU of a hash', values: seen.hashMilliseconds, unit: 'ms' },
    ];
  },
};

/** Requests of their logins and registrations. */
interface People {
  known: Generator<string>;
  strangers: Generator<string>;
}

interface Shares {
  login: number[];
  register: number[];
  loginRate: number[];
  hashMilliseconds: number[];
}

/**
 * By servers of their own: in some processes one of the threads takes 5 percent longer for each of its hashes, for as long as the process
 * lives. All of it is spent in bcrypt's own loop, and other processes of the same program do not have it.
 */
async function measureRound(bench: Bench, database: SeededDatabase, { known, strangers }: People): Promise<Shares> {
  const ours = await bench.startServer('ours', database);
  const limit = await bench.startServer('hash-limit', database);
  const total = bench.effort.logins;
  const plan = (requests: readonly string[], expect: number): Plan => ({
    connections: CONNECTIONS,
    requests,
    total,
    expect,
    fromManyAddresses: true,
  });
  // The first ones cost their compilation too, a twentieth of a hash each, and so do those of a server that has answered nothing else.
  await bench.load.run({ ...bench.plan(bearerRequests(PEOPLE, database.size)), total: bench.effort.warmUp, port: ours.port });
  await bench.load.run({ ...plan(take(WARM_UP, known), 200), total: WARM_UP, port: ours.port });
  await bench.load.run({ ...plan(take(WARM_UP, strangers), 201), total: WARM_UP, port: ours.port });
  const { login, register, compare, hash } = await bench.inTurns(
    {
      login: { server: ours, plan: () => plan(take(total, known), 200) },
      compare: { server: limit, plan: () => plan([get('/compare')], 204) },
      register: { server: ours, plan: () => plan(take(total, strangers), 201) },
      hash: { server: limit, plan: () => plan([get('/hash')], 204) },
    },
    { rounds: 1, turns: 1 },
  );
  await Promise.all([ours.stop(), limit.stop()]);
  return {
    login: ratios(compare.cpu, login.cpu),
    register: ratios(hash.cpu, register.cpu),
    loginRate: ratios(login.rate, compare.rate),
    hashMilliseconds: compare.cpu.map((cpu) => cpu / 1000),
  };
}
