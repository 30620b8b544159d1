import { performance } from 'node:perf_hooks';
import { expect } from 'chai';
import { BcryptHasher, UserCreate } from '../../src/index.js';
import { drivers } from '../support/databases.js';
import { emailOf, PASSWORD, UsersApp } from '../support/users-app.js';

const ROUNDS = 21;
/** The fastest and the slowest group may differ by so much, on a machine that does other things beside; without care it is 20 to 100 times. */
const MOST_RATIO = 1.7;
const HOOK_MILLISECONDS = 300;

type Work = (round: number) => Promise<unknown>;

/** Medians of groups whose rounds take turns, in milliseconds, so that a busy moment hits all alike. */
async function medians(groups: Record<string, Work>): Promise<Record<string, number>> {
  const times: Record<string, number[]> = {};
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, work] of Object.entries(groups)) {
      const start = performance.now();
      await work(round);
      times[name] = [...(times[name] ?? []), performance.now() - start];
    }
  }
  const median = (values: number[]) => values.sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
  return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
}

function ratio(values: Record<string, number>): number {
  const all = Object.values(values);
  return Math.max(...all) / Math.min(...all);
}

describe('nobody learns from time who has an account', function () {
  this.timeout(120_000);
  this.retries(2);
  let app: UsersApp;

  before(async () => {
    const [driver] = drivers;
    if (driver === undefined) return;
    app = await UsersApp.start(driver, {
      hashers: [new BcryptHasher({ cost: 8, dangerouslyAllowWeakCost: true })],
      preventEnumeration: true,
      requiresVerification: true,
      dtos: { create: UserCreate },
    });
    await app.add('ada');
    await app.add('una', { isVerified: false });
    await app.add('ivan', { isActive: false });
    await app.add('ina', { password: null });
  });
  after(() => app.close());

  it('at login: unknown, wrong, inactive, unverified and without a password take the same (django-allauth 0.54)', async () => {
    const login = (name: string) => () => app.login(name, 'a wrong password');
    const times = await medians({
      wrong: login('ada'),
      unknown: login('nobody'),
      inactive: login('ivan'),
      unverified: () => app.login('una'),
      without: login('ina'),
    });
    expect(ratio(times), JSON.stringify(times)).to.be.below(MOST_RATIO);
  });

  it('at registration: a known address and a new one take the same (django-allauth 65.3)', async () => {
    const register = (email: string) => app.http.post('/users/register', { email, password: PASSWORD });
    const times = await medians({ known: () => register(emailOf('ada')), unknown: (round) => register(emailOf(`new${round}`)) });
    expect(ratio(times), JSON.stringify(times)).to.be.below(MOST_RATIO);
  });

  for (const [path, name, hook] of [
    ['forgot-password', 'ada', 'afterForgotPassword'],
    ['request-verify-token', 'una', 'afterRequestVerify'],
  ] as const) {
    it(`at ${path}: a mail server that takes its time does not show`, async () => {
      app.hooks.deeds.set(hook, () => new Promise((resolve) => setTimeout(resolve, HOOK_MILLISECONDS)));
      const ask = (email: string) => () => app.http.post(`/users/${path}`, { email });
      const times = await medians({ known: ask(emailOf(name)), unknown: ask(emailOf('nobody')) });
      expect(Math.abs((times.known ?? 0) - (times.unknown ?? 0)), JSON.stringify(times)).to.be.below(HOOK_MILLISECONDS / 4);
      await app.users.close();
      app.hooks.clear();
    });
  }
});
