import { parseCookie, stringifySetCookie } from 'cookie';
import type { Request } from 'express';

export interface CookieAttributes {
  /** Out of reach for scripts of the page. @defaultValue true */
  httpOnly?: boolean;
  /** Sent over HTTPS only; browsers count `localhost` as safe. @defaultValue true */
  secure?: boolean;
  /** `none` needs `secure`, and lets other sites send the cookie. @defaultValue 'lax' */
  sameSite?: 'lax' | 'strict' | 'none';
  /** @defaultValue '/' */
  path?: string;
  /** Opens the cookie to all subdomains, which a `__Host-` name forbids. @defaultValue none: this host alone */
  domain?: string;
  /** Keeps a jar for each site that embeds the page; needs `secure`. @defaultValue false */
  partitioned?: boolean;
  /** Seconds that the browser keeps it; 0 removes it. @defaultValue none: as long as the browser runs */
  maxAgeSeconds?: number;
}

/**
 * The value of one cookie. A name that came twice gives the empty text, which is no token: a sister domain can set a second one of the name,
 * and neither can be trusted.
 * @returns null where there is none
 */
export function readCookie(request: Request, name: string): string | null {
  // Each by itself, as the package trims what browsers trim: with a name that `trim` alone takes for this one it could be blinded.
  const found = (request.headers.cookie ?? '').split(';').flatMap((pair) => parseCookie(pair)[name] ?? []);
  const [value = null] = found;
  return found.length > 1 ? '' : value;
}

/** The value of a `Set-Cookie` header. HttpOnly, Secure, SameSite=Lax and Path=/ unless told otherwise. */
export function serializeCookie(name: string, value: string, attributes: CookieAttributes = {}): string {
  const { maxAgeSeconds, domain } = attributes;
  return stringifySetCookie(name, value, {
    httpOnly: attributes.httpOnly ?? true,
    secure: attributes.secure ?? true,
    sameSite: attributes.sameSite ?? 'lax',
    path: attributes.path ?? '/',
    partitioned: attributes.partitioned ?? false,
    ...(domain === undefined ? {} : { domain }),
    ...(maxAgeSeconds === undefined ? {} : { maxAge: maxAgeSeconds }),
  });
}

/**
 * Tells at start what a browser would refuse, each by a sentence.
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-4.1.3 | RFC 6265bis, 4.1.3}: name prefixes
 */
export function checkCookie({ name, ...attributes }: CookieAttributes & { name: string }): string[] {
  const { secure = true, sameSite = 'lax', path = '/', domain, partitioned = false } = attributes;
  const cookie = `The cookie ${JSON.stringify(name)}`;
  // Browsers compare the prefixes without regard to case.
  const isHost = /^__host-/i.test(name);
  const faults: [boolean, string][] = [
    [!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name), 'has a bad name: letters, digits, "-" and "_" are safe.'],
    [isHost && !secure, 'has a __Host- name and is not secure: leave `secure` on, or choose another name.'],
    [isHost && domain !== undefined, 'has a __Host- name and a domain: leave `domain` out, or choose another name.'],
    [isHost && path !== '/', 'has a __Host- name and a path: leave `path` out, or choose another name.'],
    [/^__secure-/i.test(name) && !secure, 'has a __Secure- name and is not secure: leave `secure` on, or choose another name.'],
    [!['lax', 'strict', 'none'].includes(sameSite), "has an unknown `sameSite`: write 'lax', 'strict' or 'none'."],
    [sameSite === 'none' && !secure, "has `sameSite: 'none'` and is not secure, which browsers drop: leave `secure` on."],
    [partitioned && !secure, 'is partitioned and not secure, which browsers drop: leave `secure` on.'],
    [!/^\/[^;\p{Cc}]*$/u.test(path), 'has a bad path: it begins with "/" and has no ";".'],
    [
      domain !== undefined && !/^\.?[a-z0-9-]+(?:\.[a-z0-9-]+)*$/i.test(domain),
      'has a bad domain: write a host such as "example.com".',
    ],
  ];
  return faults.filter(([isFault]) => isFault).map(([, sentence]) => `${cookie} ${sentence}`);
}
