import type { Request } from 'express';
import { CsrfRejectedError } from './http.errors.js';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/**
 * Tells requests of the app's own pages, and of origins that it trusts, from those that another site makes a browser send.
 * @see {@link https://www.w3.org/TR/fetch-metadata/ | Fetch Metadata}
 * @see {@link https://www.rfc-editor.org/rfc/rfc6454#section-7 | RFC 6454, 7}: Origin
 */
export class OriginPolicy {
  private readonly trusted: ReadonlySet<string>;

  /** @param trustedOrigins - without fault by {@link checkOrigins} */
  constructor(trustedOrigins: readonly string[] = []) {
    this.trusted = new Set(trustedOrigins);
  }

  /** Whether an origin, as a browser writes it, is one that the app listed. */
  isTrusted(origin: string): boolean {
    return this.trusted.has(origin);
  }

  /**
   * Whether a request reads only, comes from the app's own origin or a trusted one, or from no browser, which sends neither header.
   * A browser's word (`Sec-Fetch-Site`) goes first, and pages of a sister domain (`same-site`) are foreign; so are `Origin: null` and
   * one that cannot be read.
   */
  allows(request: Request): boolean {
    if (safeMethods.has(request.method)) return true;
    const site = request.headers['sec-fetch-site'];
    const { origin } = request.headers;
    if (site === 'same-origin' || site === 'none') return true;
    if (origin === undefined) return site === undefined;
    return this.isTrusted(origin) || (site === undefined && isOwn(origin, request.headers.host));
  }

  /** @throws {@link CsrfRejectedError} where the request is not one that the policy {@link OriginPolicy.allows} */
  check(request: Request): void {
    if (!this.allows(request)) throw new CsrfRejectedError();
  }
}

/** The port counts; that of the scheme may be left out on either side. */
function isOwn(origin: string, host: string | undefined): boolean {
  const from = parse(origin);
  if (from === null || host === undefined || from.origin !== origin) return false;
  return (from.protocol === 'https:' || from.protocol === 'http:') && from.host === parse(`${from.protocol}//${host}`)?.host;
}

/**
 * Tells at start which trusted origins are none, each by a sentence. An origin is scheme, host and port as a browser sends them;
 * those of apps in a shell (`capacitor://localhost`) are taken.
 */
export function checkOrigins(origins: readonly string[]): string[] {
  if (!Array.isArray(origins)) return ['`trustedOrigins` must be a list of origins such as ["https://app.example"].'];
  return origins.flatMap((origin) => {
    if (typeof origin !== 'string')
      return ['`trustedOrigins` holds something that is no string: write origins such as "https://app.example".'];
    const url = parse(origin);
    const isWeb = url?.protocol === 'http:' || url?.protocol === 'https:';
    if (isWeb && !origin.includes('*') && url.origin === origin) return [];
    if (!isWeb && /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9.-]+(?::\d+)?$/.test(origin)) return [];
    const advice = isWeb && !origin.includes('*') ? `"${url.origin}"` : 'scheme, host and port, such as "https://app.example"';
    return [
      `\`trustedOrigins\` holds ${JSON.stringify(origin)}, which is no origin: write ${advice}, without a path or a wildcard.`,
    ];
  });
}

function parse(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
