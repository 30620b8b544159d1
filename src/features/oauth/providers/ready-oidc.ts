import { mendTokenAnswer } from './oauth2.js';
import { oidc } from './oidc.js';
import { type Claims, type ClientOptions, type OAuthProvider, withSecret } from './provider.js';

/** Client options where the provider gives a secret to every app. */
export type SecretClientOptions = ClientOptions & { clientSecret: string };

/** Google. For a refresh token write `authorizationParameters: { access_type: 'offline', prompt: 'consent' }`. */
export function google(options: SecretClientOptions): OAuthProvider {
  return withSecret(oidc({ issuer: 'https://accounts.google.com', clientAuthentication: 'client_secret_post', ...options }));
}

export interface GitlabOptions extends SecretClientOptions {
  /** Of a GitLab of your own. @defaultValue `https://gitlab.com` */
  issuer?: string;
}

/** GitLab: gitlab.com, or one of your own by `issuer`. */
export function gitlab(options: GitlabOptions): OAuthProvider {
  return withSecret(oidc({ issuer: 'https://gitlab.com', clientAuthentication: 'client_secret_post', ...options }));
}

/** Slack. */
export function slack(options: SecretClientOptions): OAuthProvider {
  return withSecret(oidc({ issuer: 'https://slack.com', clientAuthentication: 'client_secret_post', ...options }));
}

/** Twitch tells the address only where the claim is asked for by name, and its answer lists the scopes. */
export function twitch(options: SecretClientOptions): OAuthProvider {
  const claims = { email: null, email_verified: null, preferred_username: null };
  const provider = withSecret(
    oidc({
      issuer: 'https://id.twitch.tv/oauth2',
      clientAuthentication: 'client_secret_post',
      scopes: ['openid', 'user:read:email'],
      ...options,
      authorizationParameters: {
        claims: JSON.stringify({ id_token: claims, userinfo: claims }),
        ...options.authorizationParameters,
      },
    }),
  );
  return { ...provider, mendTokenAnswer };
}

export interface MicrosoftOptions extends SecretClientOptions {
  /**
   * Who may sign in: the id of one organisation, `organizations` for any, `consumers` for private accounts, `common` for both.
   * @defaultValue 'common'
   */
  tenant?: string;
}

/** The tenant of all private accounts, whose addresses Microsoft has verified. */
const PRIVATE_ACCOUNTS = '9188040d-6c67-4c5b-b112-36a304b66dad';

/**
 * Microsoft. The administrator of any organisation can write any address into the claim `email`, so it counts as verified only where
 * Microsoft says that the organisation owns its domain: add the optional claim `xms_edov` to the ID token in the app's registration.
 */
export function microsoft({ tenant = 'common', ...options }: MicrosoftOptions): OAuthProvider {
  return withSecret(
    oidc({
      issuer: `https://login.microsoftonline.com/${encodeURIComponent(tenant)}/v2.0`,
      clientAuthentication: 'client_secret_post',
      isEmailVerified: ownsItsDomain,
      ...options,
    }),
  );
}

/** The claim comes as a boolean, a number or their text. */
function ownsItsDomain({ tid, xms_edov: claim }: Claims): boolean {
  return tid === PRIVATE_ACCOUNTS || claim === true || claim === 1 || claim === '1' || claim === 'true';
}
