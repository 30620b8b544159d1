import type { ClientAuth } from 'openid-client';
import type { ClientAuthentication, OAuthProvider } from './provider.js';
import { refusesClient } from './provider-failure.js';

type Ways = Pick<typeof import('openid-client'), 'None' | 'ClientSecretBasic' | 'ClientSecretPost'>;

/**
 * Shows the provider that it is the app that asks. An app is registered for one way of sending its secret, which no discovery tells. Where the
 * options do not name it and the provider refuses the one, the other is tried and kept: the code is not spent by that.
 */
export class ClientSecret {
  private way: ClientAuthentication;

  constructor(private readonly provider: Pick<OAuthProvider, 'clientSecret' | 'clientAuthentication'>) {
    const { clientAuthentication, clientSecret } = provider;
    this.way = clientSecret === undefined ? 'none' : (clientAuthentication ?? 'client_secret_basic');
  }

  /** Which way it is sent may change, and Apple's secret is another each time: both are looked up when it is needed. */
  sentBy(client: Ways): ClientAuth {
    return (server, metadata, body, headers) => {
      const { clientSecret } = this.provider;
      const secret = typeof clientSecret === 'function' ? clientSecret() : clientSecret;
      const ways = {
        none: () => client.None(),
        client_secret_basic: () => client.ClientSecretBasic(secret),
        client_secret_post: () => client.ClientSecretPost(secret),
      };
      return ways[this.way]()(server, metadata, body, headers);
    };
  }

  /** Does what needs the secret, a second time by the other way where the provider refuses the first. */
  async withEitherWay<T>(work: () => Promise<T>): Promise<T> {
    // Of two who are refused at once, the one must not undo what the other has found out.
    const tried = this.way;
    try {
      return await work();
    } catch (error) {
      const { clientAuthentication, clientSecret } = this.provider;
      if (clientAuthentication !== undefined || clientSecret === undefined || !refusesClient(error)) throw error;
      this.way = tried === 'client_secret_basic' ? 'client_secret_post' : 'client_secret_basic';
      try {
        return await work();
      } catch (second) {
        if (refusesClient(second)) this.way = tried;
        throw second;
      }
    }
  }
}
