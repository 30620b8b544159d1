import { checkOrigins } from '../../http/index.js';
import { closestName } from '../../runtime/closest-name.js';
import { isSafeUrl, type OAuthProvider } from './providers/provider.js';
import { MISSING_PACKAGE } from './providers/provider-client.js';

export interface OAuthOptions {
  /**
   * The app's public address, such as `https://app.example`, from the environment. Providers send browsers back to `{baseUrl}{path}/{provider}/callback`,
   * which has to be registered there; a request's host is never used.
   */
  baseUrl: string;
  /** The providers by the names that they have in addresses: `{ google: google({ … }) }`. A name is stored with each account. May be empty. */
  providers: Readonly<Record<string, OAuthProvider>>;
  /** Public path of `OAuthController`, for apps with a `routePrefix` or a prefix of their own. @defaultValue '/oauth' */
  path?: string;
  /** Names of the backends that people may be signed in by; the first unless `backend=` says another. @defaultValue all of the set-up, in its order */
  backends?: readonly string[];
  /**
   * Signs a person in to the existing user of the same address, where it is verified both at the provider and here. It spares people the step, and
   * makes each provider as trusted as the mailbox itself. @defaultValue false
   */
  associateByEmail?: boolean;
  /** Origins that may be returned to, beside those of `setupUsers`. @defaultValue none */
  trustedOrigins?: readonly string[];
  /** Seconds that each call to a provider may take. @defaultValue 10 */
  timeoutSeconds?: number;
}

const OPTION_NAMES = Object.keys({
  baseUrl: true,
  providers: true,
  path: true,
  backends: true,
  associateByEmail: true,
  trustedOrigins: true,
  timeoutSeconds: true,
} satisfies Record<keyof OAuthOptions, true>);

/** Names that the controller's own routes have. */
const TAKEN = ['accounts', 'exchange'];

/** @returns the faults, each a sentence that says what to write */
export function checkOAuthOptions(options: OAuthOptions): string[] {
  const { baseUrl, path = '/oauth', providers, timeoutSeconds, trustedOrigins = [], associateByEmail } = options;
  const faults = Object.keys(options)
    .filter((name) => !OPTION_NAMES.includes(name))
    .map((name) => {
      const meant = closestName(name, OPTION_NAMES);
      return `\`${name}\` is no option${meant === undefined ? '' : `: did you mean \`${meant}\`?`}`;
    });
  if (!isPublicAddress(baseUrl)) {
    faults.push(
      '`baseUrl` must be the public address of the app, such as "https://app.example": https in production (loopback aside), without a path',
    );
  }
  if (!/^(?:\/[\w.~-]+)+$/.test(path)) faults.push("`path` must begin with / and not end with it, such as '/api/oauth'");
  if (timeoutSeconds !== undefined && !(typeof timeoutSeconds === 'number' && timeoutSeconds > 0 && timeoutSeconds <= 60))
    faults.push('`timeoutSeconds` must be above 0 and at most 60');
  if (associateByEmail !== undefined && typeof associateByEmail !== 'boolean')
    faults.push('`associateByEmail` must be true or false');
  faults.push(...checkOrigins(trustedOrigins), ...checkProviders(providers), ...checkPackage());
  return faults.map((fault) => (fault === MISSING_PACKAGE ? fault : `oauth: ${fault}`));
}

function isPublicAddress(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const url = new URL(value);
  const isFit = isSafeUrl(url) || (url.protocol === 'http:' && process.env.NODE_ENV !== 'production');
  return isFit && url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
}

function checkProviders(providers: unknown): string[] {
  if (typeof providers !== 'object' || providers === null || Array.isArray(providers)) {
    return ['`providers` is missing: write providers: { google: google({ clientId, clientSecret }) }'];
  }
  return Object.entries(providers).flatMap(([name, provider]: [string, OAuthProvider]) => {
    if (!/^[a-z0-9][a-z0-9_-]{0,63}$/.test(name) || TAKEN.includes(name))
      return [
        `a provider's name must be 1 to 64 small letters, digits, - and _, and neither of ${TAKEN.join(', ')}: not ${JSON.stringify(name)}`,
      ];
    if (typeof provider?.readAccount !== 'function' || typeof provider.check !== 'function')
      return [`\`providers.${name}\` is no provider: write ${name}: oidc({ … }) or another of routing-controllers-users/oauth`];
    return provider.check().map((fault) => `provider "${name}": ${fault}`);
  });
}

/** It is loaded at the first sign-in; that it is missing is told at start. */
function checkPackage(): string[] {
  try {
    import.meta.resolve('openid-client');
    return [];
  } catch {
    return [MISSING_PACKAGE];
  }
}
