import {
  type Claims,
  type ClientAuthentication,
  type ClientOptions,
  checkClient,
  checkProviderUrl,
  type OAuthProvider,
} from './provider.js';

export interface OidcOptions extends ClientOptions {
  /** As the provider writes it. Its configuration is found at `/.well-known/openid-configuration` below, at the first sign-in. */
  issuer: string;
  /** @defaultValue `client_secret_basic`, and `client_secret_post` where the provider refuses that */
  clientAuthentication?: ClientAuthentication;
  /** The only algorithm of ID tokens, where the provider lists more than you want. */
  idTokenAlgorithm?: string;
  /** Whether the mailbox is the person's. @defaultValue the claim `email_verified` */
  isEmailVerified?: (claims: Claims) => boolean;
}

/**
 * A provider of OpenID Connect.
 * @see {@link https://openid.net/specs/openid-connect-core-1_0.html | OpenID Connect Core 1.0}
 */
export function oidc(options: OidcOptions): OAuthProvider {
  const { issuer, clientAuthentication, idTokenAlgorithm, clientSecret, profile } = options;
  const isEmailVerified = options.isEmailVerified ?? ((claims: Claims) => claims.email_verified === true);
  return {
    clientId: options.clientId,
    server: { discovery: issuer },
    scopes: options.scopes ?? ['openid', 'email', 'profile'],
    authorizationParameters: options.authorizationParameters ?? {},
    usesPkce: true,
    ...(clientSecret === undefined ? {} : { clientSecret }),
    ...(clientAuthentication === undefined ? {} : { clientAuthentication }),
    ...(idTokenAlgorithm === undefined ? {} : { idTokenAlgorithm }),
    ...(profile === undefined ? {} : { profile }),
    async readAccount(claims) {
      const { sub: accountId, email } = claims;
      return { account: { accountId, email, isEmailVerified: isEmailVerified(claims) }, claims };
    },
    check() {
      const faults = [...checkClient(options), ...checkProviderUrl('issuer', issuer)];
      if (!this.scopes.includes('openid')) faults.push("`scopes` lacks 'openid', without which there is no ID token: add it");
      return faults;
    },
  };
}
