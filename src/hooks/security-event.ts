import type { UserId } from '../model/index.js';

/** What can happen to an account that its owner or an operator may want to know of. */
export type SecurityEventKind =
  | 'registered'
  | 'login'
  | 'login-failed'
  | 'logout'
  | 'password-changed'
  | 'password-reset'
  | 'password-reset-requested'
  | 'reauthenticated'
  | 'reauthentication-failed'
  | 'email-change-requested'
  | 'email-changed'
  | 'verified'
  | 'roles-changed'
  | 'deactivated'
  | 'reactivated'
  | 'deleted'
  | 'sessions-ended'
  | 'sign-in-method-added'
  | 'sign-in-method-removed'
  | 'refresh-reused';

/** Something that happened, without any secret: no password, token or hash, and no address. */
export interface SecurityEvent {
  kind: SecurityEventKind;
  /** Null where there is no such user: a failed sign-in with an unknown address. */
  userId: UserId | null;
  time: Date;
  /** The client's address, as Express' `trust proxy` gives it; null where no request was there. */
  ip: string | null;
  /** At most 255 characters. */
  userAgent: string | null;
  /** What belongs to the kind: the names of changed roles, a backend, a provider. */
  details?: Record<string, string | boolean | readonly string[]>;
}
