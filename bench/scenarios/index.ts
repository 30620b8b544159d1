import { list } from './list.js';
import { meBearer } from './me-bearer.js';
import { meCookie } from './me-cookie.js';
import { mePeers } from './me-peers.js';
import { mePostgres } from './me-postgres.js';
import { refresh } from './refresh.js';
import { scale } from './scale.js';
import type { Scenario } from './scenario.js';
import { signIn } from './sign-in.js';
import { startUp } from './start-up.js';
import { underLogins } from './under-logins.js';

/** In the order of the table of goals, but for the scale, whose small table is to be as it was filled: nobody has signed in yet. */
export const scenarios: readonly Scenario[] = [
  scale,
  meBearer,
  mePeers,
  meCookie,
  mePostgres,
  signIn,
  underLogins,
  refresh,
  list,
  startUp,
];
