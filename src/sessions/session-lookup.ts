import { type EntityMetadata, FindOptionsUtils } from 'typeorm';
import { type Database, needsOrm } from '../database/index.js';
import type { BaseUserWithoutId, UserId } from '../model/index.js';
import type { MaybePromise } from '../runtime/maybe-promise.js';
import { CompiledLookup, type SessionKey } from './compiled-lookup.js';
import type { BaseSession, SessionClass } from './session.entity.js';
import type { FoundSession, Session } from './session.js';

/** Finds a session and its user in one round trip. A session of another stamp than its user is none. */
export class SessionLookup<U extends BaseUserWithoutId> {
  private readonly compiled = new Map<SessionKey, CompiledLookup<U>>();

  constructor(
    private readonly database: Database,
    private readonly entity: SessionClass,
    private readonly userMetadata: EntityMetadata,
  ) {}

  /** By a query that was made once, or by TypeORM's own way where the user's entity needs it. */
  find(key: SessionKey, value: string): MaybePromise<FoundSession<U> | null> {
    if (needsOrm(this.database.dataSource, this.userMetadata)) return this.findByOrm(key, value);
    let lookup = this.compiled.get(key);
    if (lookup === undefined) {
      lookup = new CompiledLookup(this.database, this.entity, this.userMetadata, key);
      this.compiled.set(key, lookup);
    }
    return lookup.find(value);
  }

  private async findByOrm(key: SessionKey, value: string): Promise<FoundSession<U> | null> {
    const row = await this.database.read((manager) => {
      const query = manager
        .getRepository(this.entity)
        .createQueryBuilder('session')
        .innerJoinAndSelect('session.user', 'user', 'user.securityStamp = session.securityStamp')
        .where(`session.${key} = :value`, { value });
      if (this.userMetadata.eagerRelations.length > 0) FindOptionsUtils.joinEagerRelations(query, 'user', this.userMetadata);
      return query.getOne();
    });
    if (row === null) return null;
    const user = (await row.user) as U;
    const refresh = { digest: row.refreshDigest, previousDigest: row.previousRefreshDigest, rotatedAt: row.refreshedAt };
    return { user, session: toSession(row, user.id), refresh };
  }
}

/** The session as the rest of the library sees it: no digest, no stamp. */
export function toSession(row: BaseSession, userId: UserId): Session {
  const { id, backend, amr, authenticatedAt, createdAt, lastSeenAt, expiresAt, absoluteExpiresAt, ip, userAgent } = row;
  return {
    id,
    userId,
    backend,
    amr: amr.split(' '),
    authenticatedAt,
    createdAt,
    lastSeenAt,
    expiresAt,
    absoluteExpiresAt,
    ip,
    userAgent,
  };
}
