import createClient, { type Client } from 'openapi-fetch';
import type { paths } from './api.js';
import type { TokenStore, Tokens } from './tokens.js';

export type Send = (request: Request) => Promise<Response>;

/**
 * Puts the access token on requests. The first that finds it ended exchanges the refresh token, all others that come meanwhile wait for
 * the same answer, and each is then sent once more.
 */
export class Session {
  private readonly client: Client<paths>;
  private exchange: Promise<Tokens | null> | undefined;

  constructor(
    baseUrl: string,
    private readonly store: TokenStore,
    private readonly send: Send,
  ) {
    this.client = createClient<paths>({ baseUrl, fetch: send });
  }

  get isSignedIn(): boolean {
    return this.store.read() !== null;
  }

  begin(tokens: Tokens): void {
    this.store.write(tokens);
  }

  end(): void {
    this.store.write(null);
  }

  readonly fetch: Send = async (request) => {
    const tokens = this.store.read();
    if (tokens === null) return this.send(request);
    // A body can be sent once.
    const again = request.clone();
    const response = await this.send(withToken(request, tokens));
    if (response.status !== 401) return response;
    const next = await this.nextTokens(tokens);
    return next === null ? response : this.send(withToken(again, next));
  };

  /** Tokens other than those that were refused, or null where nobody is signed in any more. */
  private async nextTokens(refused: Tokens): Promise<Tokens | null> {
    const tokens = this.store.read();
    if (tokens?.access_token !== refused.access_token) return tokens;
    this.exchange ??= this.refresh(refused).finally(() => {
      this.exchange = undefined;
    });
    return this.exchange;
  }

  private async refresh({ refresh_token }: Tokens): Promise<Tokens | null> {
    const { data, error } = await this.client.POST('/users/refresh', { body: { refresh_token } });
    if (data !== undefined) {
      this.store.write(data);
      return data;
    }
    // A server that is busy or down has not ended the session: the next request tries again.
    if (error.code !== 'REFRESH_BAD_TOKEN') throw new Error(`The session could not be renewed: ${error.detail}`);
    this.store.write(null);
    return null;
  }
}

function withToken(request: Request, { access_token }: Tokens): Request {
  request.headers.set('Authorization', `Bearer ${access_token}`);
  return request;
}
