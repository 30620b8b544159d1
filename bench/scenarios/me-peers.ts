import { betterAuthRequests } from '../measure/sign-in.js';
import { ratios } from '../measure/statistics.js';
import { bearerRequests, cookieRequests, keyRequests } from '../measure/tokens.js';
import { PEOPLE } from './me-bearer.js';
import { atLeast, type Scenario } from './scenario.js';

const BETTER_AUTH_PEOPLE = 10;

export const mePeers: Scenario = {
  name: 'me-peers',
  title: 'GET me against peers, SQLite',
  async measure(bench) {
    const database = await bench.database('sqlite', 'small');
    const { size } = database;
    const server = await bench.server('ours', database);
    const betterAuth = await bench.server('better-auth', database);
    const jwt = bearerRequests(PEOPLE, size);
    const seen = await bench.inTurns({
      floor: { server: await bench.server('floor', database), plan: bench.plan(keyRequests(PEOPLE, size)) },
      bearer: { server, plan: bench.plan(jwt) },
      listen: { server: await bench.server('ours-listen', database), plan: bench.plan(jwt) },
      betterAuth: { server: betterAuth, plan: bench.plan(await betterAuthRequests(betterAuth, BETTER_AUTH_PEOPLE)) },
      cookie: { server, plan: bench.plan(cookieRequests(PEOPLE, size)) },
      passport: { server: await bench.server('passport', database), plan: bench.plan(jwt) },
      fastify: { server: await bench.server('fastify', database), plan: bench.plan(jwt) },
    });
    const { floor, bearer, listen, cookie, betterAuth: better, passport, fastify } = seen;
    return [
      {
        label: 'bearer JWT: rate / better-auth get-session',
        values: ratios(bearer.rate, better.rate),
        unit: '×',
        goal: atLeast(6, 7.5),
      },
      {
        label: 'cookie: rate / better-auth get-session',
        values: ratios(cookie.rate, better.rate),
        unit: '×',
        goal: atLeast(5, 6.5),
      },
      {
        label: 'bearer JWT by app.listen(): rate / better-auth get-session',
        values: ratios(listen.rate, better.rate),
        unit: '×',
      },
      { label: 'bearer JWT by app.listen(): rate / passport-jwt by hand', values: ratios(listen.rate, passport.rate), unit: '×' },
      { label: 'bearer JWT: rate / passport-jwt by hand', values: ratios(bearer.rate, passport.rate), unit: '×' },
      { label: 'bearer JWT: rate / fastify with @fastify/jwt', values: ratios(bearer.rate, fastify.rate), unit: '×' },
      { label: 'better-auth get-session: CPU / floor', values: ratios(better.cpu, floor.cpu), unit: '×' },
      { label: 'passport-jwt by hand: CPU / floor', values: ratios(passport.cpu, floor.cpu), unit: '×' },
      { label: 'fastify with @fastify/jwt: CPU / floor', values: ratios(fastify.cpu, floor.cpu), unit: '×' },
    ];
  },
};
