import type { QueryDeepPartialEntity } from 'typeorm';
import {
  type CompiledStatement,
  compileStatement,
  type Database,
  hearsOfUpdates,
  millisecondsAsDate,
} from '../database/index.js';
import { type MaybePromise, proceed } from '../runtime/maybe-promise.js';
import type { BaseSession, SessionClass } from './session.entity.js';

/** What a refresh changes of its session. */
export type Rotation = Pick<BaseSession, 'refreshDigest' | 'refreshedAt' | 'tokenDigest' | 'lastSeenAt' | 'expiresAt'>;

/** Puts the next refresh token of a session in the place of one that is good: one statement, which several who race cannot both win. */
export class SessionRotation {
  private compiled?: CompiledRotation;

  constructor(
    private readonly database: Database,
    private readonly entity: SessionClass,
  ) {}

  /** By a statement that was made once, or by TypeORM's own way where something of the app's wants to hear of it. */
  rotate(id: string, digest: string, next: Rotation): MaybePromise<boolean> {
    if (hearsOfUpdates(this.database.dataSource)) return this.rotateByOrm(id, digest, next);
    this.compiled ??= new CompiledRotation(this.database, this.entity);
    return this.compiled.rotate(id, digest, next);
  }

  private async rotateByOrm(id: string, digest: string, next: Rotation): Promise<boolean> {
    const changes = { ...next, previousRefreshDigest: digest };
    const { affected } = await this.database.write((manager) =>
      manager.createQueryBuilder().update(this.entity).set(changes).where({ id, refreshDigest: digest }).execute(),
    );
    return affected === 1;
  }
}

class CompiledRotation {
  private readonly statement: CompiledStatement;
  /** What the statement's parameters are, in their order. */
  private readonly parameters: readonly string[];

  constructor(
    private readonly database: Database,
    entity: SessionClass,
  ) {
    // Each parameter has its own name for a value, so that the SQL comes with their order.
    const changes: Record<keyof Rotation | 'previousRefreshDigest', string> = {
      refreshDigest: 'refreshDigest',
      previousRefreshDigest: 'presentedDigest',
      refreshedAt: 'refreshedAt',
      tokenDigest: 'tokenDigest',
      lastSeenAt: 'lastSeenAt',
      expiresAt: 'expiresAt',
    };
    const [sql, parameters] = database.dataSource
      .createQueryBuilder()
      .update(entity)
      .set(changes as object as QueryDeepPartialEntity<BaseSession>)
      .where({ id: 'id', refreshDigest: 'presentedDigest' })
      .getQueryAndParameters();
    this.statement = compileStatement(database.dataSource, sql);
    this.parameters = parameters.map(String);
  }

  rotate(id: string, presentedDigest: string, next: Rotation): MaybePromise<boolean> {
    const values = new Map<string, unknown>(Object.entries({ ...next, id, presentedDigest }));
    const parameters = this.parameters.map((name) => millisecondsAsDate.to(values.get(name)));
    return proceed(
      this.database.writeNow(() => this.statement.change(parameters)),
      (changed) => changed === 1,
    );
  }
}
