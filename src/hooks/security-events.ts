import type { Request } from 'express';
import type { EntityManager } from 'typeorm';
import { clientAddress, userAgent } from '../http/index.js';
import type { UserId } from '../model/index.js';
import type { Clock } from '../runtime/clock.js';
import { describeError } from '../runtime/describe-error.js';
import type { Logger } from '../runtime/logger.js';
import type { HookDispatcher } from './hook-dispatcher.js';
import type { SecurityEvent, SecurityEventKind } from './security-event.js';

/** A feature that keeps events, in the transaction of what they tell of where there is one. */
export type SecurityEventListener = (event: SecurityEvent, manager?: EntityManager) => Promise<void>;

/** Tells the app and the features what happens to accounts. */
export class SecurityEvents {
  private readonly listeners: SecurityEventListener[] = [];

  constructor(
    private readonly hooks: HookDispatcher,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Whether a feature keeps what is handed to {@link record}. */
  get areKept(): boolean {
    return this.listeners.length > 0;
  }

  addListener(listener: SecurityEventListener): void {
    this.listeners.push(listener);
  }

  /** Tells of something that is done, or that had no transaction: features first, then the app's hook. */
  async tell(
    kind: SecurityEventKind,
    userId: UserId | null,
    request?: Request,
    details?: SecurityEvent['details'],
  ): Promise<void> {
    const event = this.make(kind, userId, request, details);
    try {
      await this.record(event);
    } catch (error) {
      // It is done already, and is no less done for not being kept.
      this.logger.error(`the security event ${kind} could not be kept`, describeError(error));
    }
    await this.announce(event);
  }

  make(kind: SecurityEventKind, userId: UserId | null, request?: Request, details?: SecurityEvent['details']): SecurityEvent {
    return {
      kind,
      userId,
      time: this.clock.now(),
      ip: request === undefined ? null : clientAddress(request),
      userAgent: request === undefined ? null : userAgent(request),
      ...(details === undefined ? {} : { details }),
    };
  }

  /** Hands an event to the features that keep it, inside the transaction of what it tells of. */
  async record(event: SecurityEvent, manager?: EntityManager): Promise<void> {
    for (const listener of this.listeners) await listener(event, manager);
  }

  /** Hands an event to the app's `@OnSecurityEvent`, once what it tells of is committed. */
  async announce(event: SecurityEvent): Promise<void> {
    await this.hooks.notify('securityEvent', event);
  }
}
