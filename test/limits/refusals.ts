import { expect } from 'chai';
import { TooManyRequestsError } from '../../src/http/http.errors.js';

/** How many of the outcomes went through; the rest must have been refused by a limit and by nothing else. */
export async function countAllowed(work: Iterable<Promise<unknown>>): Promise<number> {
  let allowed = 0;
  for (const outcome of await Promise.allSettled(work)) {
    if (outcome.status === 'fulfilled') {
      allowed += 1;
    } else {
      expect(outcome.reason).to.be.instanceOf(TooManyRequestsError);
    }
  }
  return allowed;
}

/** Seconds of the refusal's `Retry-After`. */
export async function retryAfterOf(work: Promise<unknown>): Promise<number> {
  try {
    await work;
  } catch (error) {
    expect(error).to.be.instanceOf(TooManyRequestsError);
    if (error instanceof TooManyRequestsError) {
      return Number(error.headers['Retry-After']);
    }
  }
  throw new Error('It was not refused.');
}
