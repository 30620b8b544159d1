import { type EntityManager, type FindOptionsWhere, Not } from 'typeorm';
import { isSqliteFamily } from '../database/index.js';
import type { BaseUserWithoutId, UserTable } from '../model/index.js';
import { LastSuperuserError } from './user.errors.js';

/** Keeps an app from losing its last active superuser. */
export class Superusers<U extends BaseUserWithoutId> {
  constructor(private readonly table: UserTable<U>) {}

  /**
   * Refuses when the user is the only active superuser. The rows of all of them are locked then: two who demote each other at once wait for one
   * another, so that the second sees what the first did. Of a user who is none, the own row alone is locked, so that nobody makes him one.
   * @throws {@link LastSuperuserError}
   */
  async keepOneBeside(user: U, manager: EntityManager): Promise<void> {
    const isSqlite = isSqliteFamily(manager.connection);
    // Nothing finds a superuser by an index: where he is none, a million others need not be looked through.
    if ((isSqlite || !user.isSuperuser) && (await this.table.lock(user.id, manager))?.isSuperuser !== true) return;
    const superusers = await this.table.lockAll({ isSuperuser: true, isActive: true }, manager);
    const others = superusers.filter(({ id }) => String(id) !== String(user.id));
    if (superusers.length > others.length && others.length === 0) throw new LastSuperuserError();
  }

  /**
   * Refuses what {@link keepOneBeside} would, as far as can be seen without a lock: before a password is asked for in vain.
   * @throws {@link LastSuperuserError}
   */
  async refuseLast(user: U, within?: EntityManager): Promise<void> {
    if (!user.isSuperuser) return;
    const where = {
      isSuperuser: true,
      isActive: true,
      id: Not(user.id),
    } as FindOptionsWhere<BaseUserWithoutId> as FindOptionsWhere<U>;
    const hasOther = await this.table.database.read(
      (manager) => manager.getRepository(this.table.entity).exists({ where, loadEagerRelations: false }),
      within,
    );
    if (!hasOther) throw new LastSuperuserError();
  }
}
