/**
 * What a provider tells of a person: the claims of the ID token and, where that lacks the address, of its user info; or a profile. Hostile
 * input, all of it.
 */
export type Claims = Readonly<Record<string, unknown>>;

/** Who a person is at a provider. */
export interface ProviderAccount {
  /** What the provider calls him for ever: `sub`, or the id of the account; never a name or an address. */
  accountId: unknown;
  email?: unknown;
  /** Whether the provider says that the mailbox is his. Only a true `true` counts. */
  isEmailVerified?: unknown;
}

/** The provider's interface, opened by the person's access token. */
export interface ProviderApi {
  /** @throws OAuthProviderError, OAuthBadAnswerError */
  getJson(url: string): Promise<unknown>;
  /** What came to the callback beside the code. Unsigned: the person may have written it. */
  readonly callbackParameters: { readonly user?: string };
}

/** Makes the app's fields of a new user of what the provider tells. What the app's `dtos.create` refuses is left out. */
export type ProfileMapper = (claims: Claims) => Record<string, unknown>;

const AUTHENTICATIONS = ['client_secret_basic', 'client_secret_post', 'none'] as const;

/** How the app shows the provider that it is the app. */
export type ClientAuthentication = (typeof AUTHENTICATIONS)[number];

/** What every provider is told. */
export interface ClientOptions {
  clientId: string;
  /** Left out for a public client. */
  clientSecret?: string;
  /** What is asked for, beside what a caller of `authorize` adds. @defaultValue what signing in needs */
  scopes?: readonly string[];
  /** Parameters for the provider's page, such as `{ prompt: 'consent', access_type: 'offline' }`. @defaultValue none */
  authorizationParameters?: Readonly<Record<string, string>>;
  /** @defaultValue none: a new user has the address alone */
  profile?: ProfileMapper;
}

/** Where a provider is that has no discovery. */
export interface ProviderEndpoints {
  /** Compared with `iss` where the provider sends it (RFC 9207). @defaultValue none, and `iss` is not looked at */
  issuer?: string;
  authorizationEndpoint: string;
  tokenEndpoint: string;
  /** Told when an account is removed (RFC 7009). @defaultValue none */
  revocationEndpoint?: string;
}

/** A provider as the flows use it. `oidc()` and `oauth2()` make one, and so do the ready ones. */
export interface OAuthProvider {
  readonly clientId: string;
  /** A function where it is made anew for each use, as Apple's is. */
  readonly clientSecret?: string | (() => string);
  /** @defaultValue what the provider takes */
  readonly clientAuthentication?: ClientAuthentication;
  /** `discovery` is OpenID Connect, with an ID token that is checked; the endpoints are plain OAuth 2. */
  readonly server: { readonly discovery: string } | ProviderEndpoints;
  readonly scopes: readonly string[];
  readonly authorizationParameters: Readonly<Record<string, string>>;
  /** False for the one provider that refuses it. */
  readonly usesPkce: boolean;
  /** The only algorithm of ID tokens. @defaultValue those that the discovery lists, and never one with a shared secret */
  readonly idTokenAlgorithm?: string;
  /** Mends what a provider does against the standard, before it is checked. */
  readonly mendTokenAnswer?: (answer: Record<string, unknown>) => Record<string, unknown>;
  /** @param claims - of the ID token and, where that lacks the address, of the user info; empty for plain OAuth 2 */
  readAccount(claims: Claims, api: ProviderApi): Promise<{ account: ProviderAccount; claims: Claims }>;
  readonly profile?: ProfileMapper;
  /** Faults of its configuration, as sentences. */
  check(): string[];
}

/** @returns the faults of what every provider is told, each a sentence that says what to write */
export function checkClient(options: Partial<Record<keyof ClientOptions | 'clientAuthentication', unknown>>): string[] {
  const { clientId, clientSecret, scopes = [], profile, clientAuthentication = 'none' } = options;
  const faults: string[] = [];
  if (typeof clientId !== 'string' || clientId === '')
    faults.push('`clientId` is missing: the provider gives it when you register the app');
  if (clientSecret !== undefined && (typeof clientSecret !== 'string' || clientSecret === ''))
    faults.push('`clientSecret` is empty: take it from the environment, or leave it out for a public client');
  if (!Array.isArray(scopes)) faults.push("`scopes` must be a list, such as ['openid', 'email']");
  if (profile !== undefined && typeof profile !== 'function')
    faults.push('`profile` must be a function that makes fields of claims');
  if (!AUTHENTICATIONS.some((way) => way === clientAuthentication))
    faults.push(`\`clientAuthentication\` must be one of ${AUTHENTICATIONS.join(', ')}`);
  return faults;
}

/** For a provider that gives a secret to every app. */
export function withSecret(provider: OAuthProvider): OAuthProvider {
  const missing = '`clientSecret` is missing: the provider gives it when you register the app';
  return { ...provider, check: () => [...provider.check(), ...(provider.clientSecret === undefined ? [missing] : [])] };
}

/** @returns the faults of an address of the provider's */
export function checkProviderUrl(name: string, value: unknown): string[] {
  if (typeof value !== 'string' || !URL.canParse(value)) return [`\`${name}\` must be an address such as "https://id.example"`];
  return isSafeUrl(new URL(value)) ? [] : [`\`${name}\` must begin with https:// (http is for loopback alone)`];
}

/** https, or a provider on this very machine. */
export function isSafeUrl(url: URL): boolean {
  return url.protocol === 'https:' || isPlainLoopback(url);
}

export function isPlainLoopback({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && (hostname === '[::1]' || /^(?:127(?:\.\d+){3}|(?:.+\.)?localhost)$/.test(hostname));
}

/** An object, or an empty one where the provider sent something else. */
export function asClaims(value: unknown): Claims {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
