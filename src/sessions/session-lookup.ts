import { type EntityMetadata, FindOptionsUtils } from 'typeorm';
import { createRowReader, type Database, EntityHydrator, needsOrm, type Row, type RowReader } from '../database/index.js';
import type { BaseUserWithoutId, UserId } from '../model/index.js';
import { type MaybePromise, proceed } from '../runtime/maybe-promise.js';
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

type Key = 'id' | 'tokenDigest';

/** Finds a session and its user in one round trip. A session of another stamp than its user is none. */
export class SessionLookup<U extends BaseUserWithoutId> {
  private readonly compiled = new Map<Key, CompiledLookup<U>>();

  constructor(
    private readonly database: Database,
    private readonly entity: SessionClass,
    private readonly userMetadata: EntityMetadata,
  ) {}

  /** By a query that was made once, or by TypeORM's own way where the user's entity needs it. */
  find(key: Key, value: string): MaybePromise<FoundSession<U> | null> {
    if (needsOrm(this.database.dataSource, this.userMetadata)) return this.findByOrm(key, value);
    let lookup = this.compiled.get(key);
    if (lookup === undefined) {
      lookup = new CompiledLookup(this.database, this.entity, this.userMetadata, key);
      this.compiled.set(key, lookup);
    }
    return lookup.find(value);
  }

  private async findByOrm(key: Key, value: string): Promise<FoundSession<U> | null> {
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

/** The columns of a session, under the names that they have in the row. */
const COLUMNS = {
  s0: 'id',
  s1: 'backend',
  s2: 'amr',
  s3: 'authenticatedAt',
  s4: 'createdAt',
  s5: 'lastSeenAt',
  s6: 'expiresAt',
  s7: 'absoluteExpiresAt',
  s8: 'ip',
  s9: 'userAgent',
  s10: 'refreshDigest',
  s11: 'previousRefreshDigest',
  s12: 'refreshedAt',
} as const satisfies Record<string, keyof BaseSession>;

/** The look-up as one statement. TypeORM writes its SQL, once; the row is read and converted without it. */
class CompiledLookup<U extends BaseUserWithoutId> {
  private readonly reader: RowReader;
  private readonly hydrator: EntityHydrator<U>;

  constructor(
    private readonly database: Database,
    entity: SessionClass,
    userMetadata: EntityMetadata,
    key: Key,
  ) {
    const { dataSource } = database;
    this.hydrator = new EntityHydrator<U>(dataSource, userMetadata, 'u');
    const query = dataSource
      .getRepository(entity)
      .createQueryBuilder('session')
      .innerJoin('session.user', 'user', 'user.securityStamp = session.securityStamp')
      .where(`session.${key} = :value`, { value: '' })
      .select([]);
    for (const [alias, column] of Object.entries(COLUMNS)) query.addSelect(`session.${column}`, alias);
    this.hydrator.select(query, 'user');
    this.reader = createRowReader(dataSource, query.getQueryAndParameters()[0]);
  }

  find(value: string): MaybePromise<FoundSession<U> | null> {
    return proceed(
      this.database.readNow(() => this.reader.read([value])),
      (row) => (row === null ? null : this.toFound(row)),
    );
  }

  private toFound(row: Row): FoundSession<U> {
    const user = this.hydrator.hydrate(row);
    const session: Session = {
      id: String(row.s0),
      userId: user.id,
      backend: String(row.s1),
      amr: String(row.s2).split(' '),
      authenticatedAt: toDate(row.s3),
      createdAt: toDate(row.s4),
      lastSeenAt: toDate(row.s5),
      expiresAt: toDate(row.s6),
      absoluteExpiresAt: toDate(row.s7),
      ip: toText(row.s8),
      userAgent: toText(row.s9),
    };
    const rotatedAt = row.s12 === null ? null : toDate(row.s12);
    return { user, session, refresh: { digest: toText(row.s10), previousDigest: toText(row.s11), rotatedAt } };
  }
}

function toDate(milliseconds: unknown): Date {
  return new Date(Number(milliseconds));
}

function toText(value: unknown): string | null {
  return value === null ? null : String(value);
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
