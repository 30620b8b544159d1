import type { Request } from 'express';
import { clientKey } from '../http/index.js';
import type { ForwardedHeaderWarning } from './forwarded-header-warning.js';
import type { LimitName } from './limit-names.js';
import type { RateLimits } from './rate-limits.js';

/** Counts what a client does, by its address. */
export class ClientLimits {
  constructor(
    private readonly limits: RateLimits,
    private readonly warning: ForwardedHeaderWarning,
  ) {}

  /** @throws {@link TooManyRequestsError} past the limit of the client's address */
  async consume(name: LimitName, request: Request): Promise<void> {
    this.warning.check(request);
    await this.limits.consume(name, clientKey(request));
  }
}
