import { type EntityManager, In, LessThanOrEqual, Not, type QueryDeepPartialEntity } from 'typeorm';
import type { Database } from '../database/index.js';
import type { BaseUserWithoutId, UserId, UserTable } from '../model/index.js';
import { type MaybePromise, proceed } from '../runtime/maybe-promise.js';
import type { BaseSession, SessionClass } from './session.entity.js';
import type { FoundSession, NewSession, Session, SessionStore, SessionTimes } from './session.js';
import { SessionLookup, toSession } from './session-lookup.js';
import { type Rotation, SessionRotation } from './session-rotation.js';

const PRUNE_BATCH = 200;

/** Keeps sessions in the library's own table, beside the users. */
export class DatabaseSessions<U extends BaseUserWithoutId> implements SessionStore<U> {
  private readonly database: Database;
  private readonly lookup: SessionLookup<U>;
  private readonly rotation: SessionRotation;

  constructor(
    users: UserTable<U>,
    private readonly entity: SessionClass,
  ) {
    this.database = users.database;
    this.lookup = new SessionLookup(users.database, entity, users.metadata);
    this.rotation = new SessionRotation(users.database, entity);
  }

  async create({ userId, amr, ...session }: NewSession, within?: EntityManager): Promise<void> {
    const row = { ...session, amr: amr.join(' '), user: { id: userId } };
    await this.database.write(
      (manager) =>
        manager
          .createQueryBuilder()
          .insert()
          .into(this.entity)
          .values(row as QueryDeepPartialEntity<BaseSession>)
          .updateEntity(false)
          .execute(),
      within,
    );
  }

  findById(id: string, now: Date): MaybePromise<FoundSession<U> | null> {
    return proceed(this.lookup.find('id', id), (found) => unexpired(found, now));
  }

  findByTokenDigest(tokenDigest: string, now: Date): MaybePromise<FoundSession<U> | null> {
    return proceed(this.lookup.find('tokenDigest', tokenDigest), (found) => unexpired(found, now));
  }

  async update({ id }: Session, changes: SessionTimes, within?: EntityManager): Promise<boolean> {
    return (await this.set({ id }, changes, within)) === 1;
  }

  /**
   * Puts the next refresh token in the place of one that is good.
   * @returns whether it still was, for one caller only when several race
   */
  rotate({ id }: Session, digest: string, next: Rotation): MaybePromise<boolean> {
    return this.rotation.rotate(id, digest, next);
  }

  async end(id: string, userId: UserId, within?: EntityManager): Promise<boolean> {
    return (await this.delete({ id, user: { id: userId } }, within)) === 1;
  }

  async endAll(userId: UserId, { except, stamp }: { except?: string; stamp?: string }, within?: EntityManager): Promise<number> {
    const owned = { user: { id: userId } };
    if (except === undefined) return this.delete(owned, within);
    const ended = await this.delete({ ...owned, id: Not(except) }, within);
    if (stamp !== undefined) await this.set({ ...owned, id: except }, { securityStamp: stamp }, within);
    return ended;
  }

  async list(userId: UserId, now: Date, within?: EntityManager): Promise<Session[]> {
    const rows = await this.database.read(
      (manager) =>
        manager
          .getRepository(this.entity)
          .createQueryBuilder('session')
          .innerJoin('session.user', 'user', 'user.securityStamp = session.securityStamp')
          .where('user.id = :userId AND session.expiresAt > :now', { userId, now: now.getTime() })
          .orderBy('session.createdAt', 'DESC')
          .addOrderBy('session.id', 'DESC')
          .getMany(),
      within,
    );
    return rows.map((row) => toSession(row, userId));
  }

  /**
   * Removes a batch of sessions that have expired, at most 200.
   * @returns how many went; less than a batch means that none is left
   */
  async prune(now: Date): Promise<number> {
    const rows = await this.database.read((manager) =>
      manager.getRepository(this.entity).find({
        select: { id: true },
        where: { expiresAt: LessThanOrEqual(now) },
        order: { expiresAt: 'ASC' },
        take: PRUNE_BATCH,
      }),
    );
    return rows.length === 0 ? 0 : this.delete({ id: In(rows.map(({ id }) => id)) });
  }

  private async set(criteria: object, changes: Partial<BaseSession>, within?: EntityManager): Promise<number> {
    const { affected } = await this.database.write(
      (manager) =>
        manager
          .createQueryBuilder()
          .update(this.entity)
          .set(changes as QueryDeepPartialEntity<BaseSession>)
          .where(criteria)
          .execute(),
      within,
    );
    return affected ?? 0;
  }

  private async delete(criteria: object, within?: EntityManager): Promise<number> {
    const { affected } = await this.database.write(
      (manager) => manager.createQueryBuilder().delete().from(this.entity).where(criteria).execute(),
      within,
    );
    return affected ?? 0;
  }
}

function unexpired<U extends BaseUserWithoutId>(found: FoundSession<U> | null, now: Date): FoundSession<U> | null {
  return found !== null && found.session.expiresAt > now ? found : null;
}
