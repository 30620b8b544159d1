import type { Request, Response } from 'express';
import { readCookie, serializeCookie } from '../../http/index.js';
import type { Clock } from '../../runtime/clock.js';
import type { Randomness } from '../../runtime/randomness.js';
import { digestOf, type Encryption } from '../../tokens/index.js';
import type { SpentTickets } from './spent-tickets.js';

/** What a ticket is for: the way to a provider and back, or the exchange of a code for tokens. */
export type TicketKind = 'flow' | 'exchange';

/** A ticket that its own browser has shown. */
export interface Ticket<Content> {
  token: string;
  content: Content;
  expiresAt: Date;
}

/** A ticket as it is to be. */
export interface NewTicket {
  kind: TicketKind;
  content: object;
  lifetimeSeconds: number;
}

interface Sealed {
  kind: TicketKind;
  tokenDigest: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
  content: unknown;
}

const idBytes = 12;
const idLength = 16;
const secretBytes = 32;
const TOKEN = /^[\w-]{59}$/;
/** Two tabs are usual, and ten are a page that wants to fill the jar until requests are refused for their size. */
const mostTickets = 5;

/**
 * Ties a token that travels by addresses (`state`, `code`) to one browser: half of it is a cookie of its own for each, so that two
 * tabs do not get in each other's way. All that the ticket says is encrypted in the cookie, and nothing is stored for those who never come back;
 * the table remembers only which ones were used, so that any process refuses the second use.
 */
export class BrowserTickets {
  private readonly prefix: string;

  /** @param parts - `isSecure`: whether the app is served over https, or on loopback */
  constructor(
    private readonly parts: {
      encryption: Encryption;
      spent: SpentTickets;
      clock: Clock;
      randomness: Randomness;
      isSecure: boolean;
    },
  ) {
    this.prefix = parts.isSecure ? '__Host-oauth-' : 'oauth-';
  }

  /** A token that can name a ticket, for a flow that needs it before the ticket may be issued. */
  newToken(): string {
    const { randomness } = this.parts;
    return randomness.bytes(idBytes).toString('base64url') + randomness.bytes(secretBytes).toString('base64url');
  }

  /** Puts a ticket into the browser's jar, and takes the oldest out of one that is full. One for exchange comes in the place of its flow's. */
  issue(token: string, { kind, content, lifetimeSeconds }: NewTicket, request: Request, response: Response): void {
    const { clock, encryption } = this.parts;
    const expiresAt = clock.now().getTime() + lifetimeSeconds * 1000;
    const sealed: Sealed = { kind, tokenDigest: digestOf(token), expiresAt, content };
    const name = this.cookieName(token);
    this.setCookie(response, name, encryption.encrypt(JSON.stringify(sealed), name), lifetimeSeconds);
    if (kind === 'exchange') return;
    for (const old of this.heldNames(request).slice(0, 1 - mostTickets)) this.setCookie(response, old, '', 0);
  }

  /** The ticket that a token names, where this browser holds it and it is of this kind and in time. It is not spent by that. */
  read<Content>(kind: TicketKind, token: unknown, request: Request): Ticket<Content> | null {
    if (typeof token !== 'string' || !TOKEN.test(token)) return null;
    const name = this.cookieName(token);
    const cookie = readCookie(request, name);
    const text = cookie === null ? null : this.parts.encryption.decrypt(cookie, name);
    if (text === null) return null;
    // Nobody else could have encrypted it.
    const sealed = JSON.parse(text) as Sealed & { content: Content };
    const isGood =
      sealed.kind === kind && sealed.tokenDigest === digestOf(token) && sealed.expiresAt > this.parts.clock.now().getTime();
    return isGood ? { token, content: sealed.content, expiresAt: new Date(sealed.expiresAt) } : null;
  }

  /** Uses the ticket up, also in the browser's jar: true for one caller only, in whichever process. */
  async spend({ token, expiresAt }: Ticket<unknown>, response: Response): Promise<boolean> {
    this.setCookie(response, this.cookieName(token), '', 0);
    return this.parts.spent.spend(digestOf(token), expiresAt);
  }

  private cookieName(token: string): string {
    return this.prefix + token.slice(0, idLength);
  }

  /** In the order in which browsers send cookies of one path: the oldest first. */
  private heldNames({ headers }: Request): string[] {
    return (headers.cookie ?? '')
      .split(';')
      .map((pair) => pair.split('=', 1)[0]?.trim() ?? '')
      .filter((name) => name.startsWith(this.prefix) && /^[\w-]{16}$/.test(name.slice(this.prefix.length)));
  }

  private setCookie(response: Response, name: string, value: string, maxAgeSeconds: number): void {
    response.append('Set-Cookie', serializeCookie(name, value, { secure: this.parts.isSecure, maxAgeSeconds }));
  }
}
