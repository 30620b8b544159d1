import { type EntityMetadata, LessThanOrEqual, type QueryDeepPartialEntity } from 'typeorm';
import { type Database, violatedProperties } from '../../database/index.js';
import type { Clock } from '../../runtime/clock.js';
import type { BaseSpentOAuthTicket, SpentOAuthTicketClass } from './oauth.entity.js';

const PRUNE_AFTER_MILLISECONDS = 60_000;

/** Remembers which tickets were used, for all processes that share the database. */
export class SpentTickets {
  private readonly metadata: EntityMetadata;
  private lastPruning = 0;

  constructor(
    private readonly database: Database,
    private readonly entity: SpentOAuthTicketClass,
    private readonly clock: Clock,
  ) {
    this.metadata = database.dataSource.getMetadata(entity);
  }

  /** True for the first caller only: the primary key decides, so two that race cannot both win. */
  async spend(digest: string, expiresAt: Date): Promise<boolean> {
    await this.prune();
    try {
      await this.database.write((manager) =>
        manager
          .createQueryBuilder()
          .insert()
          .into(this.entity)
          .values({ digest, expiresAt } as QueryDeepPartialEntity<BaseSpentOAuthTicket>)
          .updateEntity(false)
          .execute(),
      );
      return true;
    } catch (error) {
      if (violatedProperties(error, this.metadata) === null) throw error;
      return false;
    }
  }

  /** Forgets what is past its time anyway, at most once a minute. */
  private async prune(): Promise<void> {
    const now = this.clock.now();
    if (now.getTime() - this.lastPruning < PRUNE_AFTER_MILLISECONDS) return;
    this.lastPruning = now.getTime();
    await this.database.write((manager) => manager.getRepository(this.entity).delete({ expiresAt: LessThanOrEqual(now) }));
  }
}
