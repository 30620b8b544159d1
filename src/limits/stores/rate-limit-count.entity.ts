import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The tries of one key in its present window, where `databaseLimits` keeps them. */
@Entity()
export class RateLimitCount {
  /** Name of the limit and digest of the key. */
  @PrimaryColumn({ type: 'varchar', length: 100 })
  id!: string;

  @Column({ type: 'integer' })
  tries!: number;

  /** Milliseconds since 1970 at which the window ends; a string on drivers that give `bigint` so. */
  @Index()
  @Column({ type: 'bigint' })
  endsAt!: string | number;
}
