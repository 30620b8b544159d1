import { BoundedMap } from '../runtime/bounded-map.js';

/** With the tokens that the library makes some 3 MB, when it is full. */
const MOST = 5000;

/**
 * Payloads of tokens whose signature was good. One that comes with every request is verified once; what it says is judged each time, and
 * its session is looked up. A token that differs in one character is another one.
 */
export class VerifiedTokens {
  private readonly payloads = new BoundedMap<string, unknown>(MOST);

  /** @returns undefined for a token that is not known, good or bad */
  get(token: string): unknown {
    return this.payloads.get(token);
  }

  /** Keeps a payload, which nobody can change any more; past the bound the oldest one goes. */
  add(token: string, payload: object): void {
    this.payloads.set(token, Object.freeze(payload));
  }
}
