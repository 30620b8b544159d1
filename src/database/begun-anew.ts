import { setTimeout as sleep } from 'node:timers/promises';
import type { MaybePromise } from '../runtime/maybe-promise.js';
import { asServiceError, isBrokenOff } from './unavailability.js';

const MOST_ATTEMPTS = 10;
/** Doubled each time: those who got in each other's way come back at different moments, and ten attempts take some seconds at most. */
const FIRST_PAUSE_MILLISECONDS = 10;

/**
 * Goes on after a failure: work that the database broke off for the sake of another's is begun anew.
 * @throws {@link ServiceUnavailableError} when it was broken off too often, or the database cannot be reached; any other failure as it is
 */
export async function beginAnewAfter<T>(failure: unknown, work: () => MaybePromise<T>): Promise<T> {
  let last = failure;
  for (let attempt = 1; attempt < MOST_ATTEMPTS && isBrokenOff(last); attempt += 1) {
    await sleep(Math.random() * FIRST_PAUSE_MILLISECONDS * 2 ** attempt);
    try {
      return await work();
    } catch (error) {
      last = error;
    }
  }
  throw asServiceError(last);
}
