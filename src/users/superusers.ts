import type { EntityManager, FindOptionsWhere } from 'typeorm';
import { isSqliteFamily } from '../database/index.js';
import type { BaseUserWithoutId, UserTable } from '../model/index.js';
import { LastSuperuserError } from './user.errors.js';

/** Keeps an app from losing its last active superuser. */
export class Superusers<U extends BaseUserWithoutId> {
  constructor(private readonly table: UserTable<U>) {}

  /**
   * Locks the rows of all active superusers and refuses when the user is the only one. Two who demote each other at once wait for
   * one another, so that the second sees what the first did.
   * @throws {@link LastSuperuserError}
   */
  async keepOneBeside(user: U, manager: EntityManager): Promise<void> {
    if (isSqliteFamily(manager.connection)) {
      // SQLite locks no rows: any write takes the one lock that there is.
      await this.table.update(user.id, { isSuperuser: () => manager.connection.driver.escape(this.columnName) }, {}, manager);
    }
    const superusers = await manager.getRepository(this.table.entity).find({
      select: { id: true } as never,
      where: { isSuperuser: true, isActive: true } as FindOptionsWhere<U>,
      order: { id: 'ASC' } as never,
      loadEagerRelations: false,
      ...(isSqliteFamily(manager.connection) ? {} : { lock: { mode: 'pessimistic_write' as const } }),
    });
    const others = superusers.filter(({ id }) => String(id) !== String(user.id));
    if (superusers.length > others.length && others.length === 0) throw new LastSuperuserError();
  }

  private get columnName(): string {
    return this.table.metadata.findColumnWithPropertyName('isSuperuser')?.databaseName ?? 'isSuperuser';
  }
}
