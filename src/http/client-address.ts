import { isIP, isIPv4 } from 'node:net';
import type { Request } from 'express';

/** The length that a session keeps of a User-Agent, in characters. */
const longestUserAgent = 255;

/**
 * The client's address, as Express' `trust proxy` sees it. Without that setting forwarding headers count for nothing; with it a
 * header that holds no address counts for nothing either.
 * @returns null when the connection is gone, or has none, as over a Unix socket
 */
export function clientAddress(request: Request): string | null {
  return toAddress(request.ip) ?? toAddress(request.socket.remoteAddress);
}

/** Some proxies write the port too: `192.0.2.1:4711`, `[2001:db8::1]:4711`. A zone (`fe80::1%eth0`) means nothing elsewhere, and has no bound. */
function toAddress(text: string | undefined): string | null {
  if (text === undefined) return null;
  const plain = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  const address = plain.split('%', 1)[0] ?? '';
  return isIP(address) === 0 ? null : address;
}

/**
 * The key under which an address is counted: IPv4 as it is, IPv6 by its /64, since one household has all of that, and IPv4 in IPv6 like IPv4.
 * @param address - as {@link clientAddress} gave it; any other text is its own key
 */
export function addressKey(address: string): string {
  const plain = address.split('%', 1)[0] ?? '';
  if (isIP(plain) !== 6) return address;
  const groups = groupsOf(plain);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMapped) {
    const [high = 0, low = 0] = groups.slice(6);
    return [high >> 8, high & 255, low >> 8, low & 255].join('.');
  }
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

/**
 * The key under which a request's client is counted. Where a connection has no address (a Unix socket) all clients without one share a key: none
 * of them goes uncounted.
 */
export function clientKey(request: Request): string {
  return addressKey(clientAddress(request) ?? '');
}

/** The eight groups of a valid IPv6 address, whatever way it is written. */
function groupsOf(address: string): number[] {
  const [head = '', tail] = address.split('::');
  const before = hexGroups(head);
  const after = tail === undefined ? [] : hexGroups(tail);
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}

function hexGroups(part: string): number[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => {
    if (!isIPv4(group)) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

/** The User-Agent without control characters, cut at 255; null where there is none. */
export function userAgent(request: Request): string | null {
  const text = request.headers['user-agent']
    ?.replace(/\p{Cc}/gu, '')
    .trim()
    .slice(0, longestUserAgent);
  return text ? text : null;
}
