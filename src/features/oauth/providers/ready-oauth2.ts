import { mendTokenAnswer, oauth2 } from './oauth2.js';
import { asClaims, type OAuthProvider, type ProviderApi, withSecret } from './provider.js';
import type { SecretClientOptions } from './ready-oidc.js';

/** GitHub. The profile shows an address only where the person made it public, so the primary one is looked up, and only if it is verified. */
export function github(options: SecretClientOptions): OAuthProvider {
  const provider = withSecret(
    oauth2({
      authorizationEndpoint: 'https://github.com/login/oauth/authorize',
      tokenEndpoint: 'https://github.com/login/oauth/access_token',
      profileUrl: 'https://api.github.com/user',
      scopes: ['read:user', 'user:email'],
      account: async ({ id }, api) => ({ accountId: id, email: await primaryEmail(api), isEmailVerified: true }),
      ...options,
    }),
  );
  return { ...provider, mendTokenAnswer: (answer) => mendTokenAnswer(inStandardWords(answer)) };
}

/** GitHub has a word of its own for a refresh token that is no good any more. */
function inStandardWords(answer: Record<string, unknown>): Record<string, unknown> {
  return answer.error === 'bad_refresh_token' ? { ...answer, error: 'invalid_grant' } : answer;
}

async function primaryEmail(api: ProviderApi): Promise<unknown> {
  const list = await api.getJson('https://api.github.com/user/emails');
  const emails = Array.isArray(list) ? list.map(asClaims) : [];
  return emails.find(({ primary, verified }) => primary === true && verified === true)?.email;
}

/** Facebook does not say whether the address is verified, so it never counts as such. */
export function facebook(options: SecretClientOptions): OAuthProvider {
  return withSecret(
    oauth2({
      authorizationEndpoint: 'https://www.facebook.com/v23.0/dialog/oauth',
      tokenEndpoint: 'https://graph.facebook.com/v23.0/oauth/access_token',
      profileUrl: 'https://graph.facebook.com/v23.0/me?fields=id,name,first_name,last_name,email',
      scopes: ['public_profile', 'email'],
      account: ({ id, email }) => ({ accountId: id, email }),
      ...options,
    }),
  );
}

/** Discord, which says whether the person has confirmed the address. */
export function discord(options: SecretClientOptions): OAuthProvider {
  return withSecret(
    oauth2({
      authorizationEndpoint: 'https://discord.com/oauth2/authorize',
      tokenEndpoint: 'https://discord.com/api/oauth2/token',
      revocationEndpoint: 'https://discord.com/api/oauth2/token/revoke',
      profileUrl: 'https://discord.com/api/users/@me',
      scopes: ['identify', 'email'],
      account: ({ id, email, verified }) => ({ accountId: id, email, isEmailVerified: verified }),
      ...options,
    }),
  );
}

/**
 * LinkedIn, by its user info: its ID token lacks the nonce, and its token endpoint refuses requests with a code verifier, so this is the one
 * provider without PKCE. State and client secret hold.
 */
export function linkedin(options: SecretClientOptions): OAuthProvider {
  return withSecret(
    oauth2({
      issuer: 'https://www.linkedin.com/oauth',
      authorizationEndpoint: 'https://www.linkedin.com/oauth/v2/authorization',
      tokenEndpoint: 'https://www.linkedin.com/oauth/v2/accessToken',
      profileUrl: 'https://api.linkedin.com/v2/userinfo',
      scopes: ['openid', 'profile', 'email'],
      usesPkce: false,
      account: ({ sub, email, email_verified: verified }) => ({
        accountId: sub,
        email,
        isEmailVerified: verified === true || verified === 'true',
      }),
      ...options,
    }),
  );
}

/** X tells only addresses that the person confirmed, and only where "Request email from users" is on in the app's settings. */
export function x(options: SecretClientOptions): OAuthProvider {
  return withSecret(
    oauth2({
      authorizationEndpoint: 'https://x.com/i/oauth2/authorize',
      tokenEndpoint: 'https://api.x.com/2/oauth2/token',
      revocationEndpoint: 'https://api.x.com/2/oauth2/revoke',
      profileUrl: 'https://api.x.com/2/users/me?user.fields=confirmed_email',
      clientAuthentication: 'client_secret_basic',
      scopes: ['users.read', 'tweet.read', 'users.email'],
      account: ({ data }) => {
        const { id, confirmed_email: email } = asClaims(data);
        return { accountId: id, email, isEmailVerified: true };
      },
      ...options,
    }),
  );
}

/** Spotify does not verify addresses, so none counts as such. */
export function spotify(options: SecretClientOptions): OAuthProvider {
  return withSecret(
    oauth2({
      authorizationEndpoint: 'https://accounts.spotify.com/authorize',
      tokenEndpoint: 'https://accounts.spotify.com/api/token',
      profileUrl: 'https://api.spotify.com/v1/me',
      clientAuthentication: 'client_secret_basic',
      scopes: ['user-read-email'],
      account: ({ id, email }) => ({ accountId: id, email }),
      ...options,
    }),
  );
}
