import type { Request } from 'express';
import type { EntityManager } from 'typeorm';
import type { AuthenticationBackend, Credentials, Gate, GivenBackend, Refresh } from '../authentication/index.js';
import type { HookDispatcher, SecurityEvents } from '../hooks/index.js';
import { clientKey } from '../http/index.js';
import type { PasswordTries, RateLimits } from '../limits/index.js';
import type { BaseUserWithoutId, UserTable } from '../model/index.js';
import type { Passwords } from '../passwords/index.js';
import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import type { Randomness } from '../runtime/randomness.js';
import type { Uuids } from '../runtime/uuids.js';
import type { Sessions } from '../sessions/index.js';
import type { PurposeTokens } from '../tokens/index.js';
import type { UserFields } from './user-fields.js';

/** Who may make an account: anybody; those whom a superuser invites; nobody over HTTP. */
export type RegistrationMode = 'open' | 'invite' | 'closed';

/** The options that the flows go by, with their defaults filled in. */
export interface UserSettings {
  registration: RegistrationMode;
  requiresVerification: boolean;
  emailChange: 'confirmed' | 'immediate';
  preventEnumeration: boolean;
  loginFields: readonly string[];
  resetPasswordTokenLifetimeSeconds: number;
  verificationTokenLifetimeSeconds: number;
  invitationTokenLifetimeSeconds: number;
}

/** What the flows of one app work with. typedi hands it to the manager, so it is a class. */
export class UsersContext<U extends BaseUserWithoutId = BaseUserWithoutId> {
  readonly settings!: UserSettings;
  readonly table!: UserTable<U>;
  readonly fields!: UserFields<U>;
  readonly passwords!: Passwords;
  readonly tokens!: PurposeTokens;
  readonly sessions!: Sessions<U>;
  readonly credentials!: Credentials<U>;
  readonly gate!: Gate<U>;
  readonly refresh!: Refresh<U>;
  readonly backends!: readonly AuthenticationBackend<U>[];
  readonly isRouteOn!: (route: string) => boolean;
  readonly hooks!: HookDispatcher;
  readonly events!: SecurityEvents;
  readonly limits!: RateLimits;
  readonly passwordTries!: PasswordTries;
  readonly clock!: Clock;
  readonly randomness!: Randomness;
  readonly uuids!: Uuids;
  readonly logger!: Logger;
  /** The app's transaction, in a manager that `withManager` made. */
  readonly within?: EntityManager;

  constructor(parts: Omit<UsersContext<U>, 'newStamp' | 'backend' | 'transaction' | 'afterCommit' | 'inside'>) {
    Object.assign(this, parts);
  }

  /** 256 bits that nobody can guess, for a stamp. */
  newStamp(): string {
    return this.randomness.bytes(32).toString('base64url');
  }

  /** A backend by its name, or the first. */
  backend(named?: GivenBackend<U> | string): AuthenticationBackend<U> {
    const wanted = typeof named === 'object' ? named.name : named;
    const backend = this.backends.find(({ name }) => wanted === undefined || name === wanted);
    if (backend === undefined || (typeof named === 'object' && backend !== named)) {
      throw new Error(`there is no backend named "${String(wanted)}" in the set-up: list it in \`backends\``);
    }
    return backend;
  }

  /** The same context inside a transaction of the app's. */
  inside(within: EntityManager): UsersContext<U> {
    return new UsersContext<U>({ ...this, within });
  }

  transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.table.database.transaction(work, this.within);
  }

  /** Runs hooks once the deed is committed: now, or with the app's own transaction. */
  afterCommit(task: () => Promise<void>): Promise<void> {
    return this.table.database.afterCommit(this.within, task);
  }
}

/** Whose share of the hash queue a request takes; code of the app's has one of its own. */
export function hashClient(request: Request | undefined): string | undefined {
  return request === undefined ? undefined : clientKey(request);
}
