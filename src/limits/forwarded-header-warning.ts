import type { Request } from 'express';

import type { Logger } from '../runtime/logger.js';

/**
 * Tells the log once where requests come through a proxy that Express does not know of: all clients share the proxy's address
 * then, and its limits. Silent outside of production.
 */
export class ForwardedHeaderWarning {
  private done: boolean;

  constructor(
    private readonly logger: Logger,
    environment: string | undefined = process.env.NODE_ENV,
  ) {
    this.done = environment !== 'production';
  }

  check(request: Request): void {
    if (this.done || !(request.headers['x-forwarded-for'] || request.headers.forwarded)) {
      return;
    }
    this.done = true;
    if (request.app.get('trust proxy')) {
      return;
    }
    this.logger.warn(
      "Requests carry X-Forwarded-For or Forwarded, and Express' `trust proxy` is off: behind a proxy all clients share one address, and its rate limits. " +
        "Write app.set('trust proxy', 1) where one proxy is in front, or the proxies' addresses. Where none is, the header is a client's invention and is rightly ignored.",
    );
  }
}
