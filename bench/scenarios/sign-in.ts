import { get } from '../measure/requests.js';
import type { Plan } from '../measure/rounds.js';
import { logins, registrations, take } from '../measure/sign-in.js';
import { ratios } from '../measure/statistics.js';
import { atLeast, type Scenario } from './scenario.js';

const CONNECTIONS = 8;
const WARM_UP = 12;

export const signIn: Scenario = {
  name: 'sign-in',
  title: 'login and register against the pure hash, by CPU, bcrypt of cost 12',
  async measure(bench) {
    const database = await bench.database('sqlite', 'small');
    const ours = await bench.server('ours', database);
    const limit = await bench.server('hash-limit', database);
    const total = bench.effort.logins;
    const plan = (requests: readonly string[], expect: number): Plan => ({
      connections: CONNECTIONS,
      requests,
      total,
      expect,
      fromManyAddresses: true,
    });
    const people = logins(database.size);
    const strangers = registrations();
    // The first ones cost their compilation too, a twentieth of a hash each.
    await bench.load.run({ ...plan(take(WARM_UP, people), 200), total: WARM_UP, port: ours.port });
    await bench.load.run({ ...plan(take(WARM_UP, strangers), 201), total: WARM_UP, port: ours.port });
    const { login, register, compare, hash } = await bench.inTurns(
      {
        login: { server: ours, plan: () => plan(take(total, people), 200) },
        compare: { server: limit, plan: () => plan([get('/compare')], 204) },
        register: { server: ours, plan: () => plan(take(total, strangers), 201) },
        hash: { server: limit, plan: () => plan([get('/hash')], 204) },
      },
      { rounds: bench.effort.costlyRounds, turns: 1 },
    );
    return [
      { label: 'login: share of the pure hash', values: ratios(compare.cpu, login.cpu), unit: '×', goal: atLeast(0.97, 0.98) },
      { label: 'register: share of the pure hash', values: ratios(hash.cpu, register.cpu), unit: '×', goal: atLeast(0.97, 0.98) },
      { label: 'login: rate / rate of the pure hash', values: ratios(login.rate, compare.rate), unit: '×' },
      { label: 'CPU of a hash', values: compare.cpu.map((cpu) => cpu / 1000), unit: 'ms' },
    ];
  },
};
