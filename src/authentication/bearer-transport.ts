import type { Request, Response } from 'express';
import { plainAnswer } from '../http/index.js';
import type { IssuedTokens } from './issued-tokens.js';
import type { AuthenticationTransport } from './transport.js';

const SCHEME = /^Bearer(?: |$)/i;

/**
 * The token in the `Authorization` header, and in the body of the login's answer.
 * Never in a query or a form, where it would end up in logs.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750 | RFC 6750}
 */
export class BearerTransport implements AuthenticationTransport {
  /** What follows the scheme, as it is: whether it is a token is the strategy's to say. */
  readToken(request: Request): string | null {
    const { authorization } = request.headers;
    return authorization !== undefined && SCHEME.test(authorization) ? authorization.slice('Bearer '.length) : null;
  }

  /** @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-5.1 | RFC 6749, 5.1} */
  sendLogin(response: Response, tokens: IssuedTokens): object {
    response.setHeader('Pragma', 'no-cache');
    return plainAnswer({
      access_token: tokens.accessToken,
      token_type: 'bearer',
      ...(tokens.expiresIn === null ? {} : { expires_in: tokens.expiresIn }),
      ...(tokens.refreshToken === null ? {} : { refresh_token: tokens.refreshToken }),
    });
  }

  securityScheme(): { type: string; scheme: string } {
    return { type: 'http', scheme: 'bearer' };
  }

  sendLogout(): void {
    // The client forgets the token; the strategy has made it worthless.
  }
}
