import type { Request } from 'express';
import { clientKey } from '../http/index.js';
import type { MaybePromise } from '../runtime/maybe-promise.js';
import type { ForwardedHeaderWarning } from './forwarded-header-warning.js';
import { takeDueLimit } from './guarded-limit.js';
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

  /** Counts what {@link limitBeforeGuard} has noted for the request, once. @throws {@link TooManyRequestsError} */
  consumeDue(request: Request): MaybePromise<void> {
    const name = takeDueLimit(request);
    return name === undefined ? undefined : this.consume(name, request);
  }
}
