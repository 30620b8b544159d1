import type { OriginPolicy } from '../../http/index.js';
import { OAuthBadReturnToError } from './oauth.errors.js';

/** A cookie keeps the address on the way to the provider and back. */
const longestReturnTo = 1024;

/** Decides where a browser may be sent after a sign-in. */
export class ReturnTo {
  private readonly ownOrigin: string;

  /** @param baseUrl - the app's public address, from its configuration and never from a request */
  constructor(
    private readonly baseUrl: URL,
    private readonly origins: readonly Pick<OriginPolicy, 'isTrusted'>[],
  ) {
    this.ownOrigin = originOf(baseUrl);
  }

  /**
   * The address as `URL` resolves it, complete, so that the browser has nothing left to resolve in another way.
   * @throws {@link OAuthBadReturnToError} for an address of a foreign origin, with a name or password, or of more than 1024 characters
   */
  resolve(returnTo: string): string {
    if (returnTo.length > longestReturnTo || !URL.canParse(returnTo, this.baseUrl.origin)) throw new OAuthBadReturnToError();
    const url = new URL(returnTo, this.baseUrl.origin);
    const origin = originOf(url);
    const isAllowed = origin === this.ownOrigin || this.origins.some((policy) => policy.isTrusted(origin));
    if (!isAllowed || url.username !== '' || url.password !== '' || url.href.length > longestReturnTo)
      throw new OAuthBadReturnToError();
    return url.href;
  }
}

/** Adds a parameter that tells how it went. */
export function withParameters(address: string, parameters: Record<string, string>): string {
  const url = new URL(address);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

/** `URL.origin` is `null` for the schemes of apps in a shell, and that of the inner address for `blob:`, which must not pass. */
function originOf(url: URL): string {
  return `${url.protocol}//${url.host}`;
}
