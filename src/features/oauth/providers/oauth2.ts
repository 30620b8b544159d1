import {
  asClaims,
  type Claims,
  type ClientAuthentication,
  type ClientOptions,
  checkClient,
  checkProviderUrl,
  type OAuthProvider,
  type ProviderAccount,
  type ProviderApi,
  type ProviderEndpoints,
} from './provider.js';

export interface OAuth2Options extends ClientOptions, ProviderEndpoints {
  /** Where the person's profile is had with the access token, as JSON. */
  profileUrl: string;
  /** Reads who the person is from the profile; `api` gets more where it does not say. */
  account: (profile: Claims, api: ProviderApi) => ProviderAccount | Promise<ProviderAccount>;
  /** @defaultValue `client_secret_post`, and `client_secret_basic` where the provider refuses that */
  clientAuthentication?: ClientAuthentication;
  /** False for a provider that refuses a request with a code verifier. @defaultValue true */
  usesPkce?: boolean;
}

/**
 * A provider of plain OAuth 2: there is no ID token, and who the person is says its profile.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.1 | RFC 6749, 4.1}
 */
export function oauth2(options: OAuth2Options): OAuthProvider {
  const { issuer, authorizationEndpoint, tokenEndpoint, revocationEndpoint, profileUrl, clientSecret, profile } = options;
  return {
    clientId: options.clientId,
    server: {
      authorizationEndpoint,
      tokenEndpoint,
      ...(issuer === undefined ? {} : { issuer }),
      ...(revocationEndpoint === undefined ? {} : { revocationEndpoint }),
    },
    scopes: options.scopes ?? [],
    authorizationParameters: options.authorizationParameters ?? {},
    usesPkce: options.usesPkce ?? true,
    clientAuthentication: options.clientAuthentication ?? (clientSecret === undefined ? 'none' : 'client_secret_post'),
    mendTokenAnswer,
    ...(clientSecret === undefined ? {} : { clientSecret }),
    ...(profile === undefined ? {} : { profile }),
    async readAccount(_, api) {
      const claims = asClaims(await api.getJson(profileUrl));
      return { account: await options.account(claims, api), claims };
    },
    check() {
      const addresses = { authorizationEndpoint, tokenEndpoint, revocationEndpoint, profileUrl };
      return [
        ...checkClient(options),
        ...Object.entries(addresses).flatMap(([name, value]) => (value === undefined ? [] : checkProviderUrl(name, value))),
        ...(typeof options.account === 'function' ? [] : ['`account` must be a function that reads the profile']),
      ];
    },
  };
}

/** Some leave out `token_type` or send `scope` as a list, against RFC 6749, 5.1. */
export function mendTokenAnswer(answer: Record<string, unknown>): Record<string, unknown> {
  const { scope } = answer;
  return {
    ...answer,
    ...(typeof answer.access_token === 'string' && answer.token_type === undefined ? { token_type: 'bearer' } : {}),
    ...(Array.isArray(scope) ? { scope: scope.join(' ') } : {}),
  };
}
