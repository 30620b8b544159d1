import { type EntityMetadata, FindOptionsUtils, type SelectQueryBuilder } from 'typeorm';
import {
  type CompiledStatement,
  compileStatement,
  type Database,
  EntityHydrator,
  isSqliteFamily,
  needsOrm,
  type Row,
} from '../database/index.js';
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

/** The columns of a session, in the order in which a row has them. */
const COLUMNS = [
  'id',
  'backend',
  'amr',
  'authenticatedAt',
  'createdAt',
  'lastSeenAt',
  'expiresAt',
  'absoluteExpiresAt',
  'ip',
  'userAgent',
  'refreshDigest',
  'previousRefreshDigest',
  'refreshedAt',
] as const satisfies readonly (keyof BaseSession)[];

/** The look-up as one statement. TypeORM writes its SQL, once; the row is read and converted without it. */
class CompiledLookup<U extends BaseUserWithoutId> {
  private readonly statement: CompiledStatement;
  private readonly hydrator: EntityHydrator<U>;

  constructor(
    private readonly database: Database,
    entity: SessionClass,
    userMetadata: EntityMetadata,
    key: Key,
  ) {
    const { dataSource } = database;
    this.hydrator = new EntityHydrator<U>(dataSource, userMetadata);
    const query = dataSource
      .getRepository(entity)
      .createQueryBuilder('session')
      .innerJoin('session.user', 'user', 'user.securityStamp = session.securityStamp')
      .select([]);
    query.where(isSqliteFamily(dataSource) ? byRowId(query, entity, key) : `session.${key} = :value`, { value: '' });
    for (const column of COLUMNS) query.addSelect(`session.${column}`, `s_${column}`);
    this.hydrator.select(query, 'user');
    this.statement = compileStatement(dataSource, query.getQueryAndParameters()[0]);
  }

  find(value: string): MaybePromise<FoundSession<U> | null> {
    return proceed(
      this.database.readNow(() => this.statement.first([value])),
      (row) => (row === null ? null : this.toFound(row)),
    );
  }

  private toFound(row: Row): FoundSession<U> {
    const user = this.hydrator.hydrate(row, COLUMNS.length);
    const [id, backend, amr, authenticatedAt, createdAt, lastSeenAt, expiresAt, absoluteExpiresAt, ip, userAgent] = row;
    const [digest, previousDigest, rotatedAt] = row.slice(COLUMNS.indexOf('refreshDigest'));
    return {
      user,
      session: {
        id: String(id),
        userId: user.id,
        backend: String(backend),
        amr: String(amr).split(' '),
        authenticatedAt: toDate(authenticatedAt),
        createdAt: toDate(createdAt),
        lastSeenAt: toDate(lastSeenAt),
        expiresAt: toDate(expiresAt),
        absoluteExpiresAt: toDate(absoluteExpiresAt),
        ip: toText(ip),
        userAgent: toText(userAgent),
      },
      refresh: {
        digest: toText(digest),
        previousDigest: toText(previousDigest),
        rotatedAt: rotatedAt === null ? null : toDate(rotatedAt),
      },
    };
  }
}

function toDate(milliseconds: unknown): Date {
  return new Date(Number(milliseconds));
}

function toText(value: unknown): string | null {
  return value === null ? null : String(value);
}

/**
 * SQLite 3.53 looks up the outer row of a join anew for each column that it reads, where an index led to it; that is two thirds of the
 * look-up. The rowid leads there once.
 */
function byRowId(query: SelectQueryBuilder<BaseSession>, entity: SessionClass, key: Key): string {
  const keyed = query.subQuery().select('keyed.rowid').from(entity, 'keyed').where(`keyed.${key} = :value`);
  return `session.rowid = ${keyed.getQuery()}`;
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
