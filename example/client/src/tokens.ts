import type { components } from './api.js';

export type Tokens = components['schemas']['Tokens'];

/** Where the tokens of who is signed in are kept. */
export interface TokenStore {
  read(): Tokens | null;
  write(tokens: Tokens | null): void;
}

/** Keeps them until the page is left: no script that gets into another page of this origin finds them. */
export class MemoryTokens implements TokenStore {
  private tokens: Tokens | null = null;

  read(): Tokens | null {
    return this.tokens;
  }

  write(tokens: Tokens | null): void {
    this.tokens = tokens;
  }
}
