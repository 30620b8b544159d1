import type { Bench, DatabaseKind } from '../measure/bench.js';
import { get } from '../measure/requests.js';
import { ratios } from '../measure/statistics.js';
import { cookieTokenOf, emailOf, type SeedSize, userId } from '../seed/rows.js';
import { atMost, type Figure, type Scenario } from './scenario.js';

const PER_PAGE = 20;
const DEEP_PAGE = 10_000;

export const list: Scenario = {
  name: 'list',
  title: 'list of users, large table, one client',
  async measure(bench) {
    return [...(await measureOn(bench, 'sqlite')), ...(await measureOn(bench, 'postgres'))];
  },
};

async function measureOn(bench: Bench, kind: DatabaseKind): Promise<Figure[]> {
  const database = await bench.database(kind, 'large');
  const { size } = database;
  const server = await bench.server('ours', database);
  const target = (query: string) => ({ server, plan: { ...bench.plan([asSuperuser(`/users?${query}`, size)]), connections: 1 } });
  const letters = emailOf(5);
  const page = Math.min(DEEP_PAGE, Math.floor(size.users / PER_PAGE / 2));
  const seen = await bench.inTurns({
    first: target(''),
    deep: target(`cursor=${cursorOf(page, size)}`),
    narrow: target(`search=${letters.slice(0, 4)}`),
    wide: target(`search=${letters.slice(0, 1)}`),
    flag: target('isSuperuser=true'),
  });
  const limit = atMost(5, 2);
  return [
    {
      label: `${kind}: page ${page} / page 1`,
      values: ratios(seen.deep.median, seen.first.median),
      unit: '×',
      goal: atMost(1.2, 1.1),
    },
    { label: `${kind}: page 1`, values: seen.first.median, unit: 'ms', goal: limit },
    { label: `${kind}: search by four letters`, values: seen.narrow.median, unit: 'ms', goal: limit },
    { label: `${kind}: search by one letter`, values: seen.wide.median, unit: 'ms', goal: limit },
    { label: `${kind}: the one superuser`, values: seen.flag.median, unit: 'ms' },
  ];
}

/** Of the cookies that are seeded, this one is the first user's, who is a superuser. */
function asSuperuser(path: string, { users }: SeedSize): string {
  return get(path, { Cookie: `__Host-session=${cookieTokenOf(users)}` });
}

/** As the server makes it at the end of the page before, which is faster than walking there. */
function cursorOf(page: number, { users }: SeedSize): string {
  const last = users - (page - 1) * PER_PAGE + 1;
  return Buffer.from(JSON.stringify([userId(last)])).toString('base64url');
}
