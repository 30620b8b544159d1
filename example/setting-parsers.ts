import express from 'express';

/** Makes a value of a variable's text, or throws a {@link WrongValue} whose message goes on after the variable's name. */
export type Parser<T> = (text: string) => T;

export class WrongValue extends Error {}

/** What Express' `trust proxy` takes: everybody or nobody, a number of proxies, or their addresses. */
export type TrustProxy = boolean | number | string;

const FEWEST_SECRET_BYTES = 32;
const DATABASES = ['sqlite:', 'postgres:', 'postgresql:', 'mysql:', 'mariadb:'];

export function integer(lowest: number, highest: number): Parser<number> {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= lowest && value <= highest) return value;
    throw new WrongValue(`must be a whole number from ${lowest} to ${highest}`);
  };
}

/** A switch, which takes these words and no others. */
export function word<T>(words: Readonly<Record<string, T>>): Parser<T> {
  return (text) => {
    const value = Object.hasOwn(words, text) ? words[text] : undefined;
    if (value !== undefined) return value;
    throw new WrongValue(`must be ${Object.keys(words).join(' or ')}`);
  };
}

export function text(example: string): Parser<string> {
  return (value) => {
    if (value.trim() !== '') return value;
    throw new WrongValue(`is empty: unset it, or give it a value such as ${example}`);
  };
}

/** Where to listen; an IPv6 address stands without brackets. */
export function listenHost(text: string): string {
  if (/^[\w.:-]+$/.test(text) && URL.canParse(`http://${hostInUrl(text)}`)) return text;
  throw new WrongValue('must be a name or an address of this machine, such as 127.0.0.1 or ::1, without a port');
}

export function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** The address by which people reach the app, without a slash at its end. */
export function baseUrl(text: string): string {
  const url = parseUrl(text);
  const isPlain = url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (!isPlain || !['http:', 'https:'].includes(url.protocol)) {
    throw new WrongValue('must be the public address of this server, such as https://example.com');
  }
  return url.href.replace(/\/+$/, '');
}

/** As the provider writes it, which is why it is not made regular. */
export function issuerUrl(text: string): string {
  const url = parseUrl(text);
  if (url !== null && ['http:', 'https:'].includes(url.protocol) && url.search === '' && url.hash === '') return text;
  throw new WrongValue('must be the address of an OpenID Connect provider, such as https://accounts.google.com');
}

export function databaseUrl(text: string): string {
  const url = parseUrl(text);
  // The drivers take the text as it is, in lower case and without a space before it.
  const isKnown = url !== null && DATABASES.some((scheme) => text.startsWith(scheme));
  const hasPlace =
    isKnown && (url.protocol === 'sqlite:' ? text.length > 'sqlite:'.length : url.host !== '' && url.pathname.length > 1);
  if (hasPlace) return text;
  throw new WrongValue(
    'must be sqlite:PATH, or an address with the name of a database: postgres://USER:PASSWORD@HOST/NAME, and likewise mysql:// and mariadb://',
  );
}

/** Newest first, separated by commas. */
export function secrets(text: string): string[] {
  const list = text.split(',').map((secret) => secret.trim());
  const shortest = Math.min(...list.map((secret) => Buffer.byteLength(secret)));
  if (shortest >= FEWEST_SECRET_BYTES) return list;
  throw new WrongValue(
    `has ${list.length === 1 ? '' : 'one of '}${shortest} bytes, at least ${FEWEST_SECRET_BYTES} are needed: SECRET=$(openssl rand -base64 32)`,
  );
}

export function redisUrl(text: string): string {
  const url = parseUrl(text);
  if (url !== null && ['redis:', 'rediss:'].includes(url.protocol) && url.hostname !== '') return text;
  throw new WrongValue('must be redis://HOST:PORT, or rediss:// for TLS');
}

export function smtpUrl(text: string): string {
  const url = parseUrl(text);
  if (url !== null && ['smtp:', 'smtps:'].includes(url.protocol) && url.hostname !== '') return text;
  throw new WrongValue('must be smtp://USER:PASSWORD@HOST:PORT, or smtps:// for TLS from the first byte');
}

/** Whatever Express takes; it is asked, since it alone knows its words and address ranges. */
export function trustProxy(text: string): TrustProxy {
  const value = { off: false, false: false, true: true }[text] ?? (/^\d{1,3}$/.test(text) ? Number(text) : text);
  try {
    if (text.trim() === '') throw new Error('empty');
    express().set('trust proxy', value);
    return value;
  } catch {
    throw new WrongValue('must be off, the number of proxies before this server, or their addresses: loopback, 10.0.0.0/8');
  }
}

function parseUrl(text: string): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  try {
    decodeURIComponent(url.username + url.password);
  } catch {
    throw new WrongValue('has a % before its @ that begins no escape: write it as %25');
  }
  return url;
}
