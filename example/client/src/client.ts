import createClient, { type Client } from 'openapi-fetch';
import type { components, paths } from './api.js';
import { type Send, Session } from './session.js';
import { MemoryTokens, type TokenStore } from './tokens.js';

export type User = components['schemas']['User'];
export type Registration = components['schemas']['UserCreate'];
export type Changes = components['schemas']['UserUpdate'];

/** The API as this app uses it. `api` has every route, typed by `api.d.ts`; the methods are for what takes more than one line. */
export class AppClient {
  readonly api: Client<paths>;
  private readonly session: Session;

  /** @param options - `send`: what sends a request, `fetch` unless told */
  constructor(
    baseUrl: string,
    { store = new MemoryTokens(), send = (request) => fetch(request) }: { store?: TokenStore; send?: Send } = {},
  ) {
    this.session = new Session(baseUrl, store, send);
    this.api = createClient<paths>({ baseUrl, fetch: this.session.fetch });
  }

  get isSignedIn(): boolean {
    return this.session.isSignedIn;
  }

  /** @returns what to tell the person; null where there is a new account */
  async register(registration: Registration): Promise<string | null> {
    const { error } = await this.api.POST('/users/register', { body: registration });
    if (error === undefined) return null;
    switch (error.code) {
      case 'REGISTER_USER_ALREADY_EXISTS':
        return 'There is an account of this address already. Sign in, or ask for a new password.';
      case 'REGISTER_INVALID_PASSWORD':
        return error.reason;
      case 'VALIDATION_ERROR':
        return sentencesOf(error);
      default:
        return error.detail;
    }
  }

  /** @returns what to tell the person; null where the sign-in worked */
  async signIn(email: string, password: string): Promise<string | null> {
    const { data, error } = await this.api.POST('/users/login', { body: { email, password } });
    if (data !== undefined) {
      this.session.begin(data);
      return null;
    }
    switch (error.code) {
      case 'LOGIN_BAD_CREDENTIALS':
        return 'This address and this password do not belong together.';
      case 'LOGIN_USER_NOT_VERIFIED':
        return 'Please follow the link in our mail first.';
      case 'MFA_REQUIRED':
        return `One more step: ${error.factors.join(' or ')}.`;
      case 'VALIDATION_ERROR':
        return sentencesOf(error);
      default:
        return error.detail;
    }
  }

  /** Ends the session on the server. Where that cannot be reached, this device forgets it all the same. */
  async signOut(): Promise<void> {
    try {
      await this.api.POST('/users/logout');
    } finally {
      this.session.end();
    }
  }

  async rename(firstName: string): Promise<void> {
    // openapi-fetch lets a body have more fields than its type. `satisfies` finds one that is misspelt.
    const body = { firstName } satisfies Changes;
    const { error } = await this.api.PATCH('/users/me', { body });
    if (error !== undefined) throw new Error(error.detail);
  }

  /** Who is signed in; null where nobody is. */
  async me(): Promise<User | null> {
    const { data, error } = await this.api.GET('/users/me');
    if (data !== undefined) return data;
    if (error.code === 'UNAUTHORIZED') return null;
    throw new Error(error.detail);
  }
}

function sentencesOf({ errors }: { errors: { messages: string[] }[] }): string {
  return errors.flatMap(({ messages }) => messages).join(' ');
}
