import { meBearer } from './me-bearer.js';
import type { Scenario } from './scenario.js';

/** In the order of the table of goals. */
export const scenarios: readonly Scenario[] = [meBearer];
