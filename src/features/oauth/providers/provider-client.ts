import { AsyncLocalStorage } from 'node:async_hooks';
import type { Configuration, CustomFetch } from 'openid-client';
import type { Clock } from '../../../runtime/clock.js';
import { UsersSetupError } from '../../../runtime/setup-error.js';
import { OAuthBadAnswerError, OAuthProviderError } from '../oauth.errors.js';
import { boundedFetch } from './bounded-fetch.js';
import { ClientSecret } from './client-secret.js';
import { type Identity, identityOf } from './identity.js';
import { type Claims, isPlainLoopback, type OAuthProvider, type ProviderApi } from './provider.js';
import { lacksKey } from './provider-failure.js';
import { type ProviderTokens, tokensOf } from './provider-tokens.js';

type OpenIdClient = typeof import('openid-client');

const RENEW_AFTER_MILLISECONDS = 3_600_000;
const CLOCK_TOLERANCE_SECONDS = 5;
export const MISSING_PACKAGE = 'the feature oauth needs the package openid-client: npm install openid-client';

/** What ties a code to the request that it is the answer of. */
export interface AuthorizationChecks {
  state: string;
  nonce: string;
  codeVerifier: string;
}

/** A search for the provider, and when it began. */
interface Found {
  configuration: Promise<Configuration>;
  at: number;
}

/** The calls for one grant, so that what the token endpoint said can be looked at again with newer keys. */
interface Call {
  tokenAnswer?: Response;
}

/**
 * Speaks with one provider, by openid-client: nothing of the protocol is done here. The provider is found at the first sign-in, and anew once
 * an hour or when it signs with a key that is not known yet; while it is down, what was found before serves on.
 */
export class ProviderClient {
  private found: Found | undefined;
  private readonly secret: ClientSecret;
  private readonly calls = new AsyncLocalStorage<Call>();

  constructor(
    private readonly provider: OAuthProvider,
    private readonly parts: { redirectUri: string; timeoutSeconds: number; clock: Clock },
  ) {
    this.secret = new ClientSecret(provider);
  }

  /** The address of the provider's page, with a state, PKCE and, for OpenID Connect, a nonce. */
  async authorizationUrl(checks: AuthorizationChecks, scopes: readonly string[]): Promise<URL> {
    const client = await load();
    const { provider } = this;
    const parameters = new URLSearchParams({
      ...provider.authorizationParameters,
      redirect_uri: this.parts.redirectUri,
      response_type: 'code',
      scope: [...new Set([...provider.scopes, ...scopes])].join(' '),
      state: checks.state,
    });
    if (this.isOpenId) parameters.set('nonce', checks.nonce);
    if (provider.usesPkce) {
      parameters.set('code_challenge', await client.calculatePKCECodeChallenge(checks.codeVerifier));
      parameters.set('code_challenge_method', 'S256');
    }
    return client.buildAuthorizationUrl(await this.configuration(), parameters);
  }

  /**
   * Spends the code of a callback and tells who the person is. State, `iss` and `error` are checked before the code is sent, then the ID token:
   * signature, algorithm, issuer, audience, nonce, times.
   * @param parameters - the query of the callback
   * @throws whatever went wrong; `toOAuthError` makes it one of the library's
   */
  async redeem(parameters: URLSearchParams, checks: AuthorizationChecks): Promise<Identity> {
    return this.withNewerKeys(() => this.grant(parameters, checks));
  }

  /** New tokens for a refresh token. */
  async refresh(refreshToken: string): Promise<ProviderTokens> {
    const client = await load();
    const ask = async () => client.refreshTokenGrant(await this.configuration(), refreshToken);
    return tokensOf(await this.withNewerKeys(() => this.secret.withEitherWay(ask)), this.parts.clock.now());
  }

  /** Tells the provider that a token is not needed any more, where it wants to know. */
  async revoke(token: string): Promise<void> {
    const client = await load();
    const configuration = await this.configuration();
    if (configuration.serverMetadata().revocation_endpoint === undefined) return;
    await this.secret.withEitherWay(() => client.tokenRevocation(configuration, token));
  }

  private async grant(parameters: URLSearchParams, { state, nonce, codeVerifier }: AuthorizationChecks): Promise<Identity> {
    const client = await load();
    const configuration = await this.configuration();
    const { usesPkce } = this.provider;
    const answer = await this.secret.withEitherWay(() =>
      client.authorizationCodeGrant(configuration, this.callbackUrl(parameters), {
        expectedState: state,
        ...(this.isOpenId ? { expectedNonce: nonce, idTokenExpected: true } : {}),
        ...(usesPkce ? { pkceCodeVerifier: codeVerifier } : {}),
      }),
    );
    const { access_token: accessToken } = answer;
    const claims = this.isOpenId ? await this.claims(configuration, accessToken, answer.claims() ?? {}) : {};
    const read = await this.provider.readAccount(claims, this.api(configuration, accessToken, parameters));
    return identityOf(read.account, read.claims, tokensOf(answer, this.parts.clock.now()));
  }

  /**
   * Some providers put the address into the user info alone. Both have to be of the same person, and the signed one goes first; but who tells
   * the address tells whether it is verified.
   */
  private async claims(configuration: Configuration, accessToken: string, idToken: Claims): Promise<Claims> {
    if (idToken.email !== undefined || configuration.serverMetadata().userinfo_endpoint === undefined) return idToken;
    const userInfo = await (await load()).fetchUserInfo(configuration, accessToken, String(idToken.sub));
    const { email_verified: _, ...signed } = idToken;
    return { ...userInfo, ...signed };
  }

  private api(configuration: Configuration, accessToken: string, parameters: URLSearchParams): ProviderApi {
    const user = parameters.get('user');
    return {
      callbackParameters: user === null ? {} : { user },
      async getJson(url) {
        const headers = new Headers({ accept: 'application/json' });
        const client = await load();
        const response = await client.fetchProtectedResource(configuration, accessToken, new URL(url), 'GET', undefined, headers);
        if (response.status !== 200)
          throw new OAuthBadAnswerError({ cause: new Error(`${new URL(url).host} answered ${response.status}`) });
        return response.json();
      },
    };
  }

  /** The callback as the provider was told it: a request's host is never looked at. */
  private callbackUrl(parameters: URLSearchParams): URL {
    const url = new URL(this.parts.redirectUri);
    url.search = parameters.toString();
    // Nobody said what it would have to be.
    if (!this.isOpenId && this.issuer === undefined) url.searchParams.delete('iss');
    return url;
  }

  private get isOpenId(): boolean {
    return 'discovery' in this.provider.server;
  }

  private get issuer(): string | undefined {
    const { server } = this.provider;
    return 'discovery' in server ? server.discovery : server.issuer;
  }

  /** One search at a time, however many wait for it; a failed one is not remembered. A provider without a good discovery is as good as down. */
  private async configuration(): Promise<Configuration> {
    const now = this.parts.clock.now().getTime();
    const former = this.found;
    if (former !== undefined && now - former.at < RENEW_AFTER_MILLISECONDS) return former.configuration;
    const found: Found = {
      at: now,
      configuration: this.find().catch((error: unknown) => {
        if (this.found === found) this.found = former;
        // Part of the promise, so that it holds for all who wait for this search.
        if (former !== undefined) return former.configuration;
        throw new OAuthProviderError({ cause: error });
      }),
    };
    this.found = found;
    return found.configuration;
  }

  private async find(): Promise<Configuration> {
    const client = await load();
    const { clientId, server, idTokenAlgorithm } = this.provider;
    const metadata = {
      [client.clockTolerance]: CLOCK_TOLERANCE_SECONDS,
      ...(idTokenAlgorithm === undefined ? {} : { id_token_signed_response_alg: idTokenAlgorithm }),
    };
    const fetch: CustomFetch = (url, request) => this.fetch(url, request);
    const timeout = this.parts.timeoutSeconds;
    if ('discovery' in server) {
      const issuer = new URL(server.discovery);
      const insecure = isPlainLoopback(issuer) ? [client.allowInsecureRequests] : [];
      return client.discovery(issuer, clientId, metadata, this.secret.sentBy(client), {
        [client.customFetch]: fetch,
        timeout,
        // Without it openid-client trusts the connection to the token endpoint, and verifies no signature.
        execute: [...insecure, client.enableNonRepudiationChecks],
      });
    }
    const { authorizationEndpoint, tokenEndpoint, revocationEndpoint } = server;
    const configuration = new client.Configuration(
      {
        issuer: server.issuer ?? new URL(authorizationEndpoint).origin,
        authorization_endpoint: authorizationEndpoint,
        token_endpoint: tokenEndpoint,
        ...(revocationEndpoint === undefined ? {} : { revocation_endpoint: revocationEndpoint }),
      },
      clientId,
      metadata,
      this.secret.sentBy(client),
    );
    configuration[client.customFetch] = fetch;
    configuration.timeout = timeout;
    if (isPlainLoopback(new URL(tokenEndpoint))) client.allowInsecureRequests(configuration);
    return configuration;
  }

  /** What was sent is spent by then, so the answer of the token endpoint is kept and looked at again, once the new keys are there. */
  private async withNewerKeys<T>(work: () => Promise<T>): Promise<T> {
    return this.calls.run({}, async () => {
      try {
        return await work();
      } catch (error) {
        if (!lacksKey(error)) throw error;
        this.found = undefined;
        return work();
      }
    });
  }

  private async fetch(url: string, request: Parameters<CustomFetch>[1]): Promise<Response> {
    const call = this.calls.getStore();
    const isTokenRequest = request.method === 'POST' && request.body instanceof URLSearchParams && request.body.has('grant_type');
    if (isTokenRequest && call?.tokenAnswer !== undefined) return call.tokenAnswer.clone();
    const response = await boundedFetch(url, request, this.parts.timeoutSeconds);
    if (!isTokenRequest || !response.ok) return response;
    const answer = await this.mend(response);
    if (call !== undefined) call.tokenAnswer = answer.clone();
    return answer;
  }

  private async mend(response: Response): Promise<Response> {
    const { mendTokenAnswer } = this.provider;
    if (mendTokenAnswer === undefined) return response;
    const text = await response.text();
    let mended = text;
    let { status } = response;
    try {
      const answer = mendTokenAnswer(JSON.parse(text));
      mended = JSON.stringify(answer);
      // GitHub refuses by 200.
      if (typeof answer.error === 'string') status = 400;
    } catch {
      // No JSON, or no object: openid-client says so.
    }
    return new Response(mended, { status, headers: response.headers });
  }
}

async function load(): Promise<OpenIdClient> {
  try {
    return await import('openid-client');
  } catch (error) {
    throw new UsersSetupError([`${MISSING_PACKAGE} (${error instanceof Error ? error.message : String(error)})`]);
  }
}
