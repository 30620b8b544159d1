import { type EntityMetadata, FindOptionsUtils } from 'typeorm';
import type { Database } from '../database/index.js';
import type { BaseUserWithoutId, UserId } from '../model/index.js';
import type { BaseSession, SessionClass } from './session.entity.js';
import type { AuthenticatedSession, Session } from './session.js';

/** Which refresh tokens of a session are good, as digests. */
export interface RefreshState {
  digest: string | null;
  previousDigest: string | null;
  rotatedAt: Date | null;
}

export interface FoundSession<U extends BaseUserWithoutId> extends AuthenticatedSession<U> {
  refresh: RefreshState;
}

/** Finds a session and its user, eager relations included, in one round trip. */
export class SessionLookup<U extends BaseUserWithoutId> {
  constructor(
    private readonly database: Database,
    private readonly entity: SessionClass,
    private readonly userMetadata: EntityMetadata,
  ) {}

  findById(id: string): Promise<FoundSession<U> | null> {
    return this.findBy('id', id);
  }

  findByTokenDigest(tokenDigest: string): Promise<FoundSession<U> | null> {
    return this.findBy('tokenDigest', tokenDigest);
  }

  private async findBy(column: 'id' | 'tokenDigest', value: string): Promise<FoundSession<U> | null> {
    const row = await this.database.read((manager) => {
      const query = manager
        .getRepository(this.entity)
        .createQueryBuilder('session')
        .innerJoinAndSelect('session.user', 'user', 'user.securityStamp = session.securityStamp')
        .where(`session.${column} = :value`, { value });
      if (this.userMetadata.eagerRelations.length > 0) FindOptionsUtils.joinEagerRelations(query, 'user', this.userMetadata);
      return query.getOne();
    });
    if (row === null) return null;
    const user = (await row.user) as U;
    return {
      user,
      session: toSession(row, user.id),
      refresh: { digest: row.refreshDigest, previousDigest: row.previousRefreshDigest, rotatedAt: row.refreshedAt },
    };
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
