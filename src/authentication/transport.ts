import type { Request, Response } from 'express';
import type { IssuedTokens } from './issued-tokens.js';

/** How a token travels. One of the app's own may take it from a header, say. */
export interface AuthenticationTransport {
  /** The token that the request carries for this transport, or null. */
  readToken(request: Request): string | null;

  /** Puts the tokens on the answer: sets headers and status, and answers the body, or undefined for 204. */
  sendLogin(response: Response, tokens: IssuedTokens): object | undefined;

  /** Takes the token off the client, where the transport can: clears a cookie. The answer is 204. */
  sendLogout(response: Response): void;

  /** Whether the browser adds the token by itself, so that requests from other sites must be refused. */
  readonly isAmbient?: boolean;

  /** How an OpenAPI document tells of it: a Security Scheme Object. A transport without it is left out of the document. */
  securityScheme?(): { type: string; [field: string]: string };

  /** Faults of the configuration, as sentences. */
  check?(): string[];
}
