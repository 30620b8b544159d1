import { ratioOfLeast, ratios } from '../measure/statistics.js';
import { cookieRequests, keyRequests } from '../measure/tokens.js';
import { PEOPLE } from './me-bearer.js';
import { atLeast, type Scenario } from './scenario.js';

export const meCookie: Scenario = {
  name: 'me-cookie',
  title: 'GET me, cookie and database session, SQLite',
  async measure(bench) {
    const database = await bench.database('sqlite', 'small');
    const { size } = database;
    const { floor, ours } = await bench.inTurns({
      floor: { server: await bench.server('floor', database), plan: bench.plan(keyRequests(PEOPLE, size)) },
      ours: { server: await bench.server('ours', database), plan: bench.plan(cookieRequests(PEOPLE, size)) },
    });
    return [
      { label: 'rate / floor', values: ratios(ours.rate, floor.rate), unit: '×', goal: atLeast(1.0, 1.3) },
      { label: 'CPU a request / floor', values: ratios(ours.cpu, floor.cpu), unit: '×' },
      { label: 'CPU a request / floor, quietest rounds', values: ratioOfLeast(ours.cpu, floor.cpu), unit: '×' },
    ];
  },
};
