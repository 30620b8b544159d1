import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type ProviderContext } from 'oidc-provider';

/** A person with an account at the provider. */
export interface Person {
  sub: string;
  email?: string;
  email_verified?: boolean;
  given_name?: string;
}

export const CLIENT = { clientId: 'app', clientSecret: 'a secret that both know' };

/** The real `oidc-provider`, on loopback. Whoever comes is the present person, without a page between. */
export interface RealProvider {
  issuer: string;
  /** Who sits at the browser; null says no. */
  person: Person | null;
  /** Every request that it got, as `POST /token`. */
  requests: string[];
  stop(): Promise<void>;
  /** Serves again on the same port. */
  restart(): Promise<void>;
}

export async function startProvider(redirectUris: string[], configuration: object = {}): Promise<RealProvider> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const issuer = `http://127.0.0.1:${port}`;
  const state: RealProvider = {
    issuer,
    person: { sub: 'ada', email: 'ada@example.com', email_verified: true, given_name: 'Ada' },
    requests: [],
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
    async restart() {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
  };
  const people = new Map<string, Person>();
  // Made at the first request, when the app is there and its address known.
  const makeProvider = () =>
    new Provider(issuer, {
      clients: [
        {
          client_id: CLIENT.clientId,
          client_secret: CLIENT.clientSecret,
          redirect_uris: redirectUris,
          grant_types: ['authorization_code', 'refresh_token'],
        },
      ],
      pkce: { required: () => true },
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['given_name'] },
      cookies: { keys: ['a key of the provider'] },
      features: { devInteractions: { enabled: false }, revocation: { enabled: true, allowedPolicy: async () => true } },
      interactions: { url: (_: unknown, interaction: { uid: string }) => `/interaction/${interaction.uid}` },
      ttl: { AccessToken: 3600, IdToken: 600, Grant: 3600, Session: 3600, Interaction: 600, RefreshToken: 86_400 },
      issueRefreshToken: async () => true,
      rotateRefreshToken: true,
      findAccount: async (_: unknown, sub: string) => ({ accountId: sub, claims: async () => ({ ...people.get(sub), sub }) }),
      loadExistingGrant: async (context: ProviderContext) => {
        const { client, session, params, provider: own } = context.oidc;
        const known = await own.Grant.find(session?.grantIdFor(String(client?.clientId)) ?? '');
        if (known !== undefined) return known;
        const grant = new own.Grant({ clientId: client?.clientId, accountId: session?.accountId });
        grant.addOIDCScope(String(params?.scope));
        await grant.save();
        return grant;
      },
      ...configuration,
    });
  let provider: Provider | undefined;
  server.on('request', async (request, response) => {
    state.requests.push(`${request.method} ${request.url?.split('?', 1)[0]}`);
    provider ??= makeProvider();
    if (request.url?.startsWith('/interaction/') !== true) return provider.callback()(request, response);
    const { person } = state;
    if (person === null) return provider.interactionFinished(request, response, { error: 'access_denied' });
    people.set(person.sub, person);
    return provider.interactionFinished(request, response, { login: { accountId: person.sub, remember: false } });
  });
  return state;
}
