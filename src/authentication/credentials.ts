import type { EntityManager } from 'typeorm';
import type { BaseUserWithoutId } from '../model/index.js';
import type { Sessions } from '../sessions/index.js';

/** What has become of a user's credentials, so that whatever hangs on the old ones ends. */
export interface CredentialsChange<U extends BaseUserWithoutId> {
  user: U;
  kind: 'password-changed' | 'password-reset' | 'deactivated' | 'deleted';
  /** The user's new security stamp; of no use for a deleted user. */
  stamp: string;
  /** Id of the session that stays: the one that changed its own password. */
  keepSession?: string;
  /** Whether the mailbox was proved just now, on an account that never was: what was attached before may be a stranger's. */
  isFirstProof?: boolean;
}

/** Something that hangs on a user's credentials: a feature's sign-in methods, say. It runs inside the transaction. */
export type CredentialsListener<U extends BaseUserWithoutId> = (
  change: CredentialsChange<U>,
  manager: EntityManager,
) => Promise<void>;

/** The one event that ends what old credentials had opened: sessions here, and whatever features add. */
export class Credentials<U extends BaseUserWithoutId> {
  private readonly listeners: CredentialsListener<U>[] = [];

  constructor(private readonly sessions: Sessions<U>) {}

  addListener(listener: CredentialsListener<U>): void {
    this.listeners.push(listener);
  }

  /** Ends sessions and tells the features, in the transaction that changes the credentials. */
  async credentialsChanged(change: CredentialsChange<U>, manager: EntityManager): Promise<void> {
    const { user, keepSession, stamp } = change;
    await this.sessions.endAll(user.id, keepSession === undefined ? { stamp } : { except: keepSession, stamp }, manager);
    for (const listener of this.listeners) await listener(change, manager);
  }
}
