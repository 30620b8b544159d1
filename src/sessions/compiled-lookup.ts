import type { EntityMetadata, SelectQueryBuilder } from 'typeorm';
import {
  type CompiledStatement,
  compileStatement,
  type Database,
  EntityHydrator,
  isSqliteFamily,
  type Row,
} from '../database/index.js';
import type { BaseUserWithoutId } from '../model/index.js';
import { BoundedMap } from '../runtime/bounded-map.js';
import { type MaybePromise, proceed } from '../runtime/maybe-promise.js';
import type { BaseSession, SessionClass } from './session.entity.js';
import type { FoundSession } from './session.js';

/** What names a session: the id in a JWT, or the digest of an opaque token. */
export type SessionKey = 'id' | 'tokenDigest';

/** Less than 1 MB, when it is full. */
const MOST_PLACES = 5000;

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

/**
 * The look-up as one statement. TypeORM writes its SQL, once; the row is read and converted without it.
 *
 * SQLite walks through four trees for it: from the key to the session's rowid, from there to the session, and the same for the user. It
 * is told the rowids where the session was found before, which spares two of them. The keys are compared all the same, so that another
 * row in that place is none; and what is not found there is looked up by its key.
 */
export class CompiledLookup<U extends BaseUserWithoutId> {
  private readonly hydrator: EntityHydrator<U>;
  private readonly byKey: CompiledStatement;
  private readonly byPlace: CompiledStatement | undefined;
  /** The rowids of a user and a session, in the order in which `byPlace` takes them. */
  private readonly places = new BoundedMap<string, readonly [user: unknown, session: unknown]>(MOST_PLACES);

  constructor(
    private readonly database: Database,
    private readonly entity: SessionClass,
    userMetadata: EntityMetadata,
    key: SessionKey,
  ) {
    const { dataSource } = database;
    this.hydrator = new EntityHydrator<U>(dataSource, userMetadata);
    if (isSqliteFamily(dataSource) && !userMetadata.withoutRowid && !dataSource.getMetadata(entity).withoutRowid) {
      const byKey = this.query().addSelect('user.rowid', 'user_place').addSelect('session.rowid', 's_place');
      this.byKey = compileStatement(dataSource, sqlOf(byKey.where(byRowId(byKey, entity, key), { value: '' })));
      const byPlace = this.query('user.rowid = :user').where(`session.rowid = :session AND session.${key} = :value`);
      // Text, for TypeORM would write a number into the SQL.
      this.byPlace = compileStatement(dataSource, sqlOf(byPlace.setParameters({ user: '', session: '', value: '' })));
    } else {
      this.byKey = compileStatement(dataSource, sqlOf(this.query().where(`session.${key} = :value`, { value: '' })));
    }
  }

  find(value: string): MaybePromise<FoundSession<U> | null> {
    return proceed(
      this.database.readNow(() => this.read(value)),
      (row) => (row === null ? null : this.toFound(row)),
    );
  }

  private read(value: string): MaybePromise<Row | null> {
    if (this.byPlace === undefined) return this.byKey.first([value]);
    const place = this.places.get(value);
    if (place === undefined) return this.readByKey(value);
    return proceed(this.byPlace.first([...place, value]), (row) => row ?? this.readByKey(value));
  }

  private readByKey(value: string): MaybePromise<Row | null> {
    return proceed(this.byKey.first([value]), (row) => {
      if (row === null) this.places.delete(value);
      else this.places.set(value, [row.at(-2), row.at(-1)]);
      return row;
    });
  }

  /** @param condition - of the join, beside the keys and the stamps */
  private query(condition = ''): SelectQueryBuilder<BaseSession> {
    const conditions = ['user.securityStamp = session.securityStamp', condition].filter(Boolean).join(' AND ');
    const query = this.database.dataSource
      .getRepository(this.entity)
      .createQueryBuilder('session')
      .innerJoin('session.user', 'user', conditions)
      .select([]);
    for (const column of COLUMNS) query.addSelect(`session.${column}`, `s_${column}`);
    this.hydrator.select(query, 'user');
    return query;
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

function sqlOf(query: SelectQueryBuilder<BaseSession>): string {
  return query.getQueryAndParameters()[0];
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
function byRowId(query: SelectQueryBuilder<BaseSession>, entity: SessionClass, key: SessionKey): string {
  const keyed = query.subQuery().select('keyed.rowid').from(entity, 'keyed').where(`keyed.${key} = :value`);
  return `session.rowid = ${keyed.getQuery()}`;
}
