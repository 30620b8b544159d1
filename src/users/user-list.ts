import { type EntityManager, type FindOptionsWhere, In } from 'typeorm';
import { decodeCursor, encodeCursor, isSqliteFamily, type Page, withFixedPlan } from '../database/index.js';
import { ValidationError } from '../http/index.js';
import type { BaseUserWithoutId, UserId, UserTable } from '../model/index.js';

/** Which users to list, and which part of them. */
export interface UserFilter {
  /** 1 to 100. @defaultValue 20 */
  limit?: number;
  /** `nextCursor` of the page before. */
  cursor?: string;
  /** Start of an address; `%` and `_` mean themselves. */
  search?: string;
  isActive?: boolean;
  isVerified?: boolean;
  isSuperuser?: boolean;
}

const FLAGS = ['isActive', 'isVerified', 'isSuperuser'] as const;
const LAST_CODE_POINT = '\u{10FFFF}';

/** Addresses in a range; sorting as many takes some milliseconds, and so does walking to the next few of them among a million. */
const WIDE = 4000;

/**
 * A term that SQLite looks up in no index.
 * @see {@link https://www.sqlite.org/optoverview.html#disqualifying_where_clause_terms_using_unary_ | SQLite, unary "+"}
 */
const NOT_BY_INDEX = '+(user.email)';

/** An address in PostgreSQL where the column is sorted by the rules of a language. An index of that collation serves it. */
const BY_CODE_POINT = '(user.email COLLATE "C")';

/** A range rather than LIKE: it means letters only, and every driver's index serves it. */
interface AddressRange {
  search: string;
  end: string;
}

/** Lists users, newest first, page by page: each page costs the same, however deep it lies. */
export class UserList<U extends BaseUserWithoutId> {
  constructor(private readonly table: UserTable<U>) {}

  /** @throws {@link ValidationError} for a cursor that was not made here */
  async list(filter: UserFilter, within?: EntityManager): Promise<Page<U>> {
    const limit = Math.min(Math.max(filter.limit ?? 20, 1), 100);
    const after = filter.cursor === undefined ? null : this.readCursor(filter.cursor);
    const users = await this.table.database.read(async (manager) => {
      const query = manager.getRepository(this.table.entity).createQueryBuilder('user');
      for (const flag of FLAGS)
        if (filter[flag] !== undefined) query.andWhere(`user.${flag} = :${flag}`, { [flag]: filter[flag] });
      const search = filter.search?.trim().normalize('NFC').toLowerCase() ?? '';
      if (search !== '') {
        const range = { search, end: search + LAST_CODE_POINT };
        const email = await this.comparedEmail(range, manager);
        query.andWhere(`${email} >= :search AND ${email} < :end`, range);
      }
      if (!this.table.ids.areOrderedByTime) query.orderBy('user.createdAt', 'DESC');
      query.addOrderBy('user.id', 'DESC');
      if (after?.createdAt !== undefined) {
        const { createdAt, id } = after;
        query.andWhere(
          withFixedPlan(manager.connection, '(user.createdAt < :createdAt OR (user.createdAt = :createdAt AND user.id < :id))'),
          { createdAt, id },
        );
      } else if (after !== null) {
        query.andWhere(withFixedPlan(manager.connection, 'user.id < :id'), { id: after.id });
      }
      return query.take(limit + 1).getMany();
    }, within);
    const items = users.slice(0, limit);
    const last = items.at(-1);
    return {
      items: await this.withEagerRelations(items, within),
      nextCursor: users.length > limit && last !== undefined ? this.makeCursor(last) : null,
    };
  }

  private async comparedEmail(range: AddressRange, manager: EntityManager): Promise<string> {
    if (!(await this.table.sortsEmailsByCodePoint(manager))) return BY_CODE_POINT;
    return (await this.isWide(range, manager)) ? NOT_BY_INDEX : 'user.email';
  }

  /** By a query of their own: joined, they would have some databases join every user before they cut the page. */
  private async withEagerRelations(users: U[], within?: EntityManager): Promise<U[]> {
    if (users.length === 0 || this.table.metadata.eagerRelations.length === 0) return users;
    const where = { id: In(users.map(({ id }) => id)) } as FindOptionsWhere<U>;
    const loaded = await this.table.database.read((manager) => manager.getRepository(this.table.entity).find({ where }), within);
    const byId = new Map(loaded.map((user) => [user.id, user]));
    // Who was deleted meanwhile is not there any more.
    return users.flatMap(({ id }) => byId.get(id) ?? []);
  }

  /**
   * Whether SQLite does better along the primary key than by the range of addresses, all of which it would sort by key: no matter for a
   * few, a second for a hundred thousand. The other databases find out by themselves.
   */
  private async isWide(range: AddressRange, manager: EntityManager): Promise<boolean> {
    if (!isSqliteFamily(manager.connection) || !this.table.ids.areOrderedByTime) return false;
    const query = manager.getRepository(this.table.entity).createQueryBuilder('user').select('user.email');
    const row: unknown = await query
      .where('user.email >= :search AND user.email < :end', range)
      .offset(WIDE)
      .limit(1)
      .getRawOne();
    return row !== undefined;
  }

  private makeCursor(user: U): string {
    const id = String(user.id);
    return encodeCursor(this.table.ids.areOrderedByTime ? [id] : [id, String(user.createdAt.getTime())]);
  }

  private readCursor(cursor: string): { id: UserId; createdAt?: Date } {
    const [id, time] = decodeCursor(cursor, this.table.ids.areOrderedByTime ? 1 : 2) ?? [];
    const parsed = this.table.ids.parse(id);
    const createdAt = new Date(Number(time));
    if (parsed === null || (time !== undefined && Number.isNaN(createdAt.getTime()))) {
      throw new ValidationError([{ field: 'cursor', messages: ['cursor must be the nextCursor of a page'] }]);
    }
    return time === undefined ? { id: parsed } : { id: parsed, createdAt };
  }
}
