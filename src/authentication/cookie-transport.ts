import type { Request, Response } from 'express';
import { type CookieAttributes, checkCookie, readCookie, serializeCookie } from '../http/index.js';
import type { IssuedTokens } from './issued-tokens.js';
import type { AuthenticationTransport } from './transport.js';

export interface CookieTransportOptions extends Omit<CookieAttributes, 'maxAgeSeconds'> {
  /**
   * @defaultValue `__Host-session`; `__Secure-session` with a domain or a path of its own; `session` where it is not secure. The
   * prefixes keep sister domains and plain http from setting a cookie of this name
   */
  name?: string;
  /** Needed in production for a cookie that is sent over plain http too, where anybody on the way reads it. @defaultValue false */
  dangerouslyAllowInsecureCookie?: boolean;
}

/**
 * The token in a cookie that scripts cannot read. Since the browser adds it by itself, requests that change something must come
 * from the app's own origin or a trusted one.
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis | RFC 6265bis}
 */
export class CookieTransport implements AuthenticationTransport {
  readonly isAmbient = true;
  readonly name: string;
  private readonly attributes: CookieAttributes;
  private readonly allowsInsecure: boolean;

  constructor({ name, dangerouslyAllowInsecureCookie = false, ...attributes }: CookieTransportOptions = {}) {
    this.name = name ?? defaultName(attributes);
    this.attributes = attributes;
    this.allowsInsecure = dangerouslyAllowInsecureCookie;
  }

  readToken(request: Request): string | null {
    return readCookie(request, this.name);
  }

  sendLogin(response: Response, { accessToken, sessionLifetimeSeconds }: IssuedTokens): undefined {
    const maxAgeSeconds = sessionLifetimeSeconds === null ? {} : { maxAgeSeconds: sessionLifetimeSeconds };
    response.append('Set-Cookie', serializeCookie(this.name, accessToken, { ...this.attributes, ...maxAgeSeconds }));
  }

  sendLogout(response: Response): void {
    response.append('Set-Cookie', serializeCookie(this.name, '', { ...this.attributes, maxAgeSeconds: 0 }));
  }

  securityScheme(): { type: string; in: string; name: string } {
    return { type: 'apiKey', in: 'cookie', name: this.name };
  }

  check(): string[] {
    const faults = checkCookie({ ...this.attributes, name: this.name });
    if (this.attributes.secure === false && process.env.NODE_ENV === 'production' && !this.allowsInsecure) {
      faults.push(
        `The cookie "${this.name}" is not secure: leave \`secure\` on in production, or write \`dangerouslyAllowInsecureCookie: true\`.`,
      );
    }
    return faults;
  }
}

function defaultName({ secure = true, domain, path = '/' }: CookieAttributes): string {
  if (!secure) return 'session';
  return domain === undefined && path === '/' ? '__Host-session' : '__Secure-session';
}
