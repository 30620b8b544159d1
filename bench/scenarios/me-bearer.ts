import { ratioOfLeast, ratios } from '../measure/statistics.js';
import { bearerRequests, keyRequests } from '../measure/tokens.js';
import { atLeast, atMost, type Scenario } from './scenario.js';

/** Different users whose requests go round. */
export const PEOPLE = 200;

export const meBearer: Scenario = {
  name: 'me-bearer',
  title: 'GET me, bearer JWT, SQLite',
  async measure(bench) {
    const database = await bench.database('sqlite', 'small');
    const { size } = database;
    const requests = bearerRequests(PEOPLE, size);
    const keys = keyRequests(PEOPLE, size);
    const { floor, floorClasses, ours, listen, limit, bare } = await bench.inTurns({
      floor: { server: await bench.server('floor', database), plan: bench.plan(keys) },
      floorClasses: { server: await bench.server('floor-classes', database), plan: bench.plan(keys) },
      ours: { server: await bench.server('ours', database), plan: bench.plan(requests) },
      listen: { server: await bench.server('ours-listen', database), plan: bench.plan(requests) },
      limit: { server: await bench.server('routing-limit', database), plan: bench.plan(requests) },
      bare: { server: await bench.server('node-limit', database), plan: bench.plan(requests) },
    });
    return [
      { label: 'rate / floor', values: ratios(ours.rate, floor.rate), unit: '×', goal: atLeast(1.2, 1.5) },
      { label: 'CPU a request / floor', values: ratios(ours.cpu, floor.cpu), unit: '×', goal: atMost(0.85, 0.65) },
      { label: 'CPU a request / floor, quietest rounds', values: ratioOfLeast(ours.cpu, floor.cpu), unit: '×' },
      { label: 'CPU a request', values: ours.cpu, unit: 'µs' },
      { label: 'CPU a request of the floor', values: floor.cpu, unit: 'µs' },
      { label: 'by app.listen(): rate / floor', values: ratios(listen.rate, floor.rate), unit: '×' },
      { label: 'by app.listen(): CPU a request / floor', values: ratios(listen.cpu, floor.cpu), unit: '×' },
      { label: 'both by messageClasses(app): rate / floor', values: ratios(ours.rate, floorClasses.rate), unit: '×' },
      { label: 'both by messageClasses(app): CPU a request / floor', values: ratios(ours.cpu, floorClasses.cpu), unit: '×' },
      { label: 'the limit with routing-controllers: rate / floor', values: ratios(limit.rate, floor.rate), unit: '×' },
      { label: 'the limit with routing-controllers: CPU / floor', values: ratios(limit.cpu, floor.cpu), unit: '×' },
      {
        label: 'the limit with routing-controllers: CPU, quietest rounds',
        values: ratioOfLeast(limit.cpu, floor.cpu),
        unit: '×',
      },
      { label: 'node:http alone: CPU / floor', values: ratios(bare.cpu, floor.cpu), unit: '×' },
    ];
  },
};
