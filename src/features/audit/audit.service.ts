import { type EntityManager, LessThan, type QueryDeepPartialEntity } from 'typeorm';
import { type Database, decodeCursor, encodeCursor, type Page } from '../../database/index.js';
import type { SecurityEvent } from '../../hooks/index.js';
import { ValidationError } from '../../http/index.js';
import type { UserId, UserIds } from '../../model/index.js';
import { BackgroundWork } from '../../runtime/background-work.js';
import type { Clock } from '../../runtime/clock.js';
import { describeError } from '../../runtime/describe-error.js';
import type { Logger } from '../../runtime/logger.js';
import { isUuid, type Uuids } from '../../runtime/uuids.js';
import type { PlainAuditEvent } from './audit.dtos.js';
import type { AuditEventClass, BaseAuditEvent } from './audit.entity.js';

const PRUNE_BATCH = 200;
const PRUNE_AFTER_MILLISECONDS = 60_000;
const PRUNE_BATCHES_AT_ONCE = 5;

/** What the service works with. */
export interface AuditServiceParts {
  database: Database;
  entity: AuditEventClass;
  ids: UserIds;
  keepForDays: number;
  clock: Clock;
  uuids: Uuids;
  logger: Logger;
}

/** Keeps the security events of all users, in the transaction of what they tell of where there is one. */
export class AuditService {
  private lastPruning = 0;
  private readonly background = new BackgroundWork((error) =>
    this.parts.logger.warn('old audit events could not be removed', describeError(error)),
  );

  constructor(private readonly parts: AuditServiceParts) {}

  async record(event: SecurityEvent, manager?: EntityManager): Promise<void> {
    const { database, entity, uuids } = this.parts;
    const { userId, kind, time, ip, userAgent, details } = event;
    const row = {
      id: uuids.next(),
      userId: userId === null ? null : String(userId),
      kind,
      time,
      ip,
      userAgent,
      details: details === undefined ? null : JSON.stringify(details),
    };
    await database.write(
      (writer) =>
        writer
          .createQueryBuilder()
          .insert()
          .into(entity)
          .values(row as QueryDeepPartialEntity<BaseAuditEvent>)
          .updateEntity(false)
          .execute(),
      manager,
    );
    this.pruneSometimes();
  }

  /**
   * A page of a user's events, newest first.
   * @throws {@link ValidationError} for a cursor that was not made here
   */
  async list(userId: UserId, { limit = 20, cursor }: { limit?: number; cursor?: string } = {}): Promise<Page<PlainAuditEvent>> {
    const { database, entity, ids } = this.parts;
    const before = cursor === undefined ? null : readCursor(cursor);
    const id = ids.parse(String(userId));
    // What cannot be an id has no events, and is not for every database to be asked for: PostgreSQL takes no NUL.
    if (id === null) return { items: [], nextCursor: null };
    const rows = await database.read((manager) =>
      manager.getRepository<BaseAuditEvent>(entity).find({
        where: { userId: String(id), ...(before === null ? {} : { id: LessThan(before) }) },
        order: { id: 'DESC' },
        take: limit + 1,
      }),
    );
    const items = rows.slice(0, limit).map(toPlain);
    const last = items.at(-1);
    return { items, nextCursor: rows.length > limit && last !== undefined ? encodeCursor([last.id]) : null };
  }

  /**
   * Removes all events that are older than they are to be kept, in batches of 200.
   * @returns how many went
   */
  async prune(batches = Number.POSITIVE_INFINITY): Promise<number> {
    const { database, entity, clock, keepForDays } = this.parts;
    const end = new Date(clock.now().getTime() - keepForDays * 24 * 3600 * 1000);
    let removed = 0;
    for (let batch = 0; batch < batches; batch += 1) {
      const old = await database.read((manager) =>
        manager.getRepository<BaseAuditEvent>(entity).find({
          select: { id: true },
          where: { time: LessThan(end) },
          order: { time: 'ASC' },
          take: PRUNE_BATCH,
        }),
      );
      if (old.length === 0) break;
      const ids = old.map(({ id }) => id);
      await database.write((manager) => manager.createQueryBuilder().delete().from(entity).whereInIds(ids).execute());
      removed += old.length;
    }
    return removed;
  }

  /** Waits for a sweep that is under way. */
  async close(): Promise<void> {
    await this.background.settled();
  }

  private pruneSometimes(): void {
    const now = this.parts.clock.now().getTime();
    if (now - this.lastPruning < PRUNE_AFTER_MILLISECONDS) return;
    this.lastPruning = now;
    void this.background.add(this.prune(PRUNE_BATCHES_AT_ONCE));
  }
}

function toPlain({ id, kind, time, ip, userAgent, details }: BaseAuditEvent): PlainAuditEvent {
  return { id, kind, time, ip, userAgent, details: details === null ? null : JSON.parse(details) };
}

function readCursor(cursor: string): string {
  const [id] = decodeCursor(cursor, 1) ?? [];
  if (id !== undefined && isUuid(id)) return id;
  throw new ValidationError([{ field: 'cursor', messages: ['cursor must be the nextCursor of a page'] }]);
}
