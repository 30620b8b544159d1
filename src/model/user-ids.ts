import type { EntityMetadata } from 'typeorm';
import { isUuid } from '../runtime/uuids.js';
import type { UserId } from './base-user.entity.js';

const INTEGER_TYPES = new Set<unknown>([Number, 'int', 'integer', 'int2', 'int4', 'int8', 'smallint', 'mediumint', 'bigint']);

/** The one place that knows what an id of this app's users looks like. */
export class UserIds {
  readonly kind: 'uuid' | 'integer' | 'text';
  /** Whether the library makes the ids, not the database or the app's entity. */
  readonly areMadeHere: boolean;
  private readonly isBigInt: boolean;

  constructor(metadata: EntityMetadata) {
    const column = metadata.primaryColumns[0];
    if (column === undefined) throw new Error(`${metadata.name} has no primary column`);
    this.isBigInt = column.type === 'bigint' || column.type === 'int8';
    this.kind = column.type === 'uuid' ? 'uuid' : INTEGER_TYPES.has(column.type) ? 'integer' : 'text';
    this.areMadeHere = this.kind === 'uuid' && !column.isGenerated;
  }

  /** Whether later users have higher ids, so that "newest first" is the order of the primary key. */
  get areOrderedByTime(): boolean {
    return this.kind === 'integer' || this.areMadeHere;
  }

  /** An id from a path, a token or a cursor; null where no user can have it. */
  parse(text: unknown): UserId | null {
    if (typeof text !== 'string' || text.length > 255) return null;
    if (this.kind === 'uuid') {
      const uuid = text.toLowerCase();
      return isUuid(uuid) ? uuid : null;
    }
    if (this.kind === 'text') return /^\P{C}+$/u.test(text) ? text : null;
    if (!/^[1-9]\d{0,15}$/.test(text)) return null;
    const id = Number(text);
    if (!Number.isSafeInteger(id) || (!this.isBigInt && id > 2_147_483_647)) return null;
    // TypeORM hands out bigint columns as text, and compares what it gets.
    return this.isBigInt ? text : id;
  }
}
