import { ratioOfLeast, ratios } from '../measure/statistics.js';
import { bearerRequests, cookieRequests, keyRequests } from '../measure/tokens.js';
import { PEOPLE } from './me-bearer.js';
import { atLeast, type Scenario } from './scenario.js';

export const mePostgres: Scenario = {
  name: 'me-postgres',
  title: 'GET me on PostgreSQL',
  async measure(bench) {
    const database = await bench.database('postgres', 'small');
    const { size } = database;
    const server = await bench.server('ours', database);
    const { floor, bearer, cookie } = await bench.inTurns({
      floor: { server: await bench.server('floor', database), plan: bench.plan(keyRequests(PEOPLE, size)) },
      bearer: { server, plan: bench.plan(bearerRequests(PEOPLE, size)) },
      cookie: { server, plan: bench.plan(cookieRequests(PEOPLE, size)) },
    });
    return [
      { label: 'bearer JWT: rate / floor', values: ratios(bearer.rate, floor.rate), unit: '×', goal: atLeast(1.0, 1.4) },
      { label: 'bearer JWT: CPU a request / floor', values: ratios(bearer.cpu, floor.cpu), unit: '×' },
      { label: 'bearer JWT: CPU a request / floor, quietest rounds', values: ratioOfLeast(bearer.cpu, floor.cpu), unit: '×' },
      { label: 'cookie: rate / floor', values: ratios(cookie.rate, floor.rate), unit: '×' },
    ];
  },
};
