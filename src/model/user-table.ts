import { type EntityManager, type EntityMetadata, type FindOptionsWhere, IsNull, type QueryDeepPartialEntity } from 'typeorm';
import { type Database, isSqliteFamily, sortsByCodePoint } from '../database/index.js';
import { type BaseUserWithoutId, SECRET_FIELDS, type UserId, withoutSecrets } from './base-user.entity.js';
import { insertedColumns, passGivenIds } from './given-ids.js';
import { UserIds } from './user-ids.js';

export type UserClass<U extends BaseUserWithoutId = BaseUserWithoutId> = new () => U;

/** The columns that are never selected, read for a check. */
export interface UserSecrets {
  hashedPassword: string | null;
  securityStamp: string;
  pendingEmailStamp: string | null;
}

export interface UserWithSecrets<U> {
  user: U;
  secrets: UserSecrets;
}

type Values = Record<string, unknown>;

/** The app's table of users: the look-ups and the conditional writes of which all flows are made. */
export class UserTable<U extends BaseUserWithoutId> {
  readonly metadata: EntityMetadata;
  readonly ids: UserIds;
  private emailOrder: boolean | null = null;

  constructor(
    readonly database: Database,
    readonly entity: UserClass<U>,
  ) {
    this.metadata = database.dataSource.getMetadata(entity);
    this.ids = new UserIds(this.metadata);
  }

  /** Whether addresses that begin alike stand side by side in the index. The database is asked once. */
  async sortsEmailsByCodePoint(manager: EntityManager): Promise<boolean> {
    this.emailOrder ??= await sortsByCodePoint(manager, this.metadata, 'email');
    return this.emailOrder;
  }

  async find(where: Values, within?: EntityManager): Promise<U | null> {
    return this.database.read((manager) => manager.getRepository(this.entity).findOne({ where: criteria(where) }), within);
  }

  /** Finds a user together with what is never selected, apart, so that the user can be handed on. */
  async findWithSecrets(where: Values, within?: EntityManager): Promise<UserWithSecrets<U> | null> {
    const user = await this.database.read(
      (manager) =>
        manager
          .getRepository(this.entity)
          .createQueryBuilder('user')
          .setFindOptions({ where: criteria<U>(where) })
          .addSelect(SECRET_FIELDS.map((field) => `user.${field}`))
          .getOne(),
      within,
    );
    if (user === null) return null;
    const secrets = {
      hashedPassword: user.hashedPassword ?? null,
      securityStamp: user.securityStamp ?? '',
      pendingEmailStamp: user.pendingEmailStamp ?? null,
    };
    return { user: withoutSecrets(user), secrets };
  }

  /**
   * Inserts a user, and answers it as the database has it, eager relations and embedded objects included. The unique index decides whether
   * the address is free.
   */
  async insert(values: Values, within: EntityManager): Promise<U> {
    const repository = within.getRepository(this.entity);
    const user = repository.create();
    Object.assign(user, values);
    const { raw } = await within
      .createQueryBuilder()
      .insert()
      .into(this.entity, insertedColumns(this.metadata, [values]))
      .values(user as QueryDeepPartialEntity<U>)
      .updateEntity(true)
      .execute();
    await passGivenIds(this.metadata, [values], within);
    if (within.connection.options.type === 'mariadb') this.takeReturned(user, raw, within);
    // What was left out is NULL there, and nothing here: TypeORM fetches defaults alone.
    for (const { propertyName, isNullable } of this.metadata.ownColumns) {
      if (isNullable && Reflect.get(user, propertyName) === undefined) Reflect.set(user, propertyName, null);
    }
    const isMore = this.metadata.eagerRelations.length > 0 || this.metadata.embeddeds.length > 0;
    return (isMore ? await this.find({ id: user.id }, within) : null) ?? withoutSecrets(user);
  }

  /** Inserts many users by one statement, or none. */
  async insertAll(rows: readonly Values[], within: EntityManager): Promise<void> {
    const repository = within.getRepository(this.entity);
    const users = rows.map((values) => Object.assign(repository.create(), values));
    await within
      .createQueryBuilder()
      .insert()
      .into(this.entity, insertedColumns(this.metadata, rows))
      .values(users as QueryDeepPartialEntity<U>[])
      .updateEntity(false)
      .execute();
    await passGivenIds(this.metadata, rows, within);
  }

  /** TypeORM puts what MariaDB's `RETURNING` gives into the entity as it is: 1 for true, text for a time. */
  private takeReturned(user: U, rows: unknown, { connection }: EntityManager): void {
    const row: unknown = Array.isArray(rows) ? rows[0] : undefined;
    for (const [name, value] of Object.entries(row ?? {})) {
      const column = this.metadata.findColumnWithDatabaseName(name);
      column?.setEntityValue(user, connection.driver.prepareHydratedValue(value, column));
    }
  }

  /**
   * Sets the named columns where all conditions still hold.
   * @returns whether they did, for one caller only when several race
   */
  async update(id: UserId, changes: Values, conditions: Values = {}, within?: EntityManager): Promise<boolean> {
    const { affected } = await this.database.write(
      (manager) =>
        manager
          .createQueryBuilder()
          .update(this.entity)
          .set(changes as QueryDeepPartialEntity<U>)
          .where(criteria({ ...conditions, id }))
          .execute(),
      within,
    );
    return affected === 1;
  }

  /** Loads a user whom nobody else changes until the transaction ends, without eager relations; null where he is gone. */
  async lock(id: UserId, within: EntityManager): Promise<U | null> {
    if (isSqliteFamily(within.connection)) await this.takeSqliteLock(within);
    const [user] = await this.lockAll({ id }, within);
    return user ?? null;
  }

  /** SQLite locks no rows: any write takes the one lock that there is, also one that finds no row. No subscriber hears of it. */
  private async takeSqliteLock(within: EntityManager): Promise<void> {
    const values = { isSuperuser: false } as object as QueryDeepPartialEntity<U>;
    await this.database.write(
      (manager) => manager.createQueryBuilder().update(this.entity).callListeners(false).set(values).where('1 = 0').execute(),
      within,
    );
  }

  /** Locks several, in the order of their ids, so that of two who want the same none waits for the other for ever. */
  async lockAll(where: Values, within: EntityManager): Promise<U[]> {
    return this.database.read(
      (manager) =>
        manager.getRepository(this.entity).find({
          where: criteria<U>(where),
          order: { id: 'ASC' } as never,
          loadEagerRelations: false,
          ...(isSqliteFamily(manager.connection) ? {} : { lock: { mode: 'pessimistic_write' as const } }),
        }),
      within,
    );
  }

  /** @returns whether there was such a user */
  async delete(id: UserId, within?: EntityManager): Promise<boolean> {
    const { affected } = await this.database.write(
      (manager) => manager.createQueryBuilder().delete().from(this.entity).where(criteria({ id })).execute(),
      within,
    );
    return affected === 1;
  }
}

/** `undefined` in criteria would be a hole through which every row passes; null has to be asked for as such. */
function criteria<U>(where: Values): FindOptionsWhere<U> {
  const entries = Object.entries(where).map(([column, value]) => {
    if (value === undefined) throw new TypeError(`no value for ${column} in the criteria of a query`);
    return [column, value === null ? IsNull() : value];
  });
  return Object.fromEntries(entries) as FindOptionsWhere<U>;
}
