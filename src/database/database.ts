import type { DataSource, EntityManager, EntitySubscriberInterface, QueryRunner } from 'typeorm';
import { isPromise, type MaybePromise } from '../runtime/maybe-promise.js';
import { beginAnewAfter } from './begun-anew.js';
import { isSqliteFamily } from './column-types.js';
import { Mutex } from './mutex.js';
import { asServiceError } from './unavailability.js';

const SHARED = Symbol.for('routing-controllers-users.database');
const AFTER_COMMIT = Symbol('afterCommit');

type Task = () => Promise<void>;
interface QueuedTask {
  /** How deep in savepoints it was queued, so that a rollback to an outer one drops it. */
  depth: number;
  task: Task;
}
type TaskQueue = { [AFTER_COMMIT]?: QueuedTask[] };

/**
 * The app's DataSource, as the library uses it: failures of the connection become 503, several writes become a transaction,
 * and on SQLite, where TypeORM has one connection for all, a transaction keeps out the writes of other requests, which
 * would else be rolled back with it.
 */
export class Database {
  private readonly mutex: Mutex | null;
  private watchesCommits = false;

  private constructor(readonly dataSource: DataSource) {
    this.mutex = isSqliteFamily(dataSource) ? new Mutex() : null;
  }

  /** One for each DataSource, since all who use a connection must share its lock. */
  static of(dataSource: DataSource): Database {
    const holder: DataSource & { [SHARED]?: Database } = dataSource;
    holder[SHARED] ??= new Database(dataSource);
    return holder[SHARED];
  }

  /**
   * Reads what is true now: on the primary, where TypeORM would ask a replica, which may not know yet of a password that was changed.
   * @throws {@link ServiceUnavailableError} when the database cannot be reached
   */
  async read<T>(work: (manager: EntityManager) => Promise<T>, within?: EntityManager): Promise<T> {
    const isBound = within?.queryRunner !== undefined;
    if (isBound || !this.dataSource.driver.isReplicated) return await this.attempt(work, within);
    return await this.attempt(async () => {
      const runner = this.dataSource.createQueryRunner('master');
      try {
        return await work(runner.manager);
      } finally {
        await runner.release();
      }
    });
  }

  /** Reads what may be there without waiting. @throws {@link ServiceUnavailableError} when the database cannot be reached */
  readNow<T>(work: () => MaybePromise<T>): MaybePromise<T> {
    try {
      const result = work();
      return isPromise(result) ? result.catch((failure: unknown) => beginAnewAfter(failure, work)) : result;
    } catch (error) {
      throw asServiceError(error);
    }
  }

  /**
   * Runs one statement that writes.
   * @throws {@link ServiceUnavailableError} when the database cannot be reached
   */
  async write<T>(work: (manager: EntityManager) => Promise<T>, within?: EntityManager): Promise<T> {
    return await this.exclusively(() => this.attempt(work, within));
  }

  /**
   * Runs one statement that was compiled. Where the driver waits for nothing, neither does this, unless a transaction is under way that
   * the statement would else be part of.
   * @throws {@link ServiceUnavailableError} when the database cannot be reached
   */
  writeNow<T>(work: () => MaybePromise<T>): MaybePromise<T> {
    if (this.mutex === null || this.mutex.isOpen) return this.readNow(work);
    return this.exclusively(async () => this.readNow(work));
  }

  /**
   * Runs several statements of which all hold or none. Inside a transaction of the app's it is a savepoint; else it is begun anew where
   * the database breaks it off for the sake of another, so `work` may run more than once.
   * @throws {@link ServiceUnavailableError} when the database cannot be reached
   */
  async transaction<T>(work: (manager: EntityManager) => Promise<T>, within?: EntityManager): Promise<T> {
    return await this.exclusively(() => this.attempt((manager) => manager.transaction(work), within));
  }

  /**
   * Runs the task once what `within` did is committed: at once where it is in no transaction, and never on a rollback. Who releases the
   * connection of the transaction waits for it.
   */
  async afterCommit(within: EntityManager | undefined, task: Task): Promise<void> {
    const queryRunner = within?.queryRunner;
    if (queryRunner === undefined || !queryRunner.isTransactionActive) return task();
    this.watchCommits();
    const queue: TaskQueue = queryRunner.data;
    queue[AFTER_COMMIT] ??= [];
    queue[AFTER_COMMIT].push({ depth: transactionDepth(queryRunner), task });
  }

  private exclusively<T>(work: () => Promise<T>): Promise<T> {
    return this.mutex === null ? work() : this.mutex.run(work);
  }

  private async attempt<T>(work: (manager: EntityManager) => Promise<T>, within?: EntityManager): Promise<T> {
    const manager = within ?? this.dataSource.manager;
    try {
      return await work(manager);
    } catch (error) {
      // A transaction that was broken off is gone as a whole: only who began it can begin it anew.
      if (manager.queryRunner?.isTransactionActive === true) throw asServiceError(error);
      return await beginAnewAfter(error, () => work(manager));
    }
  }

  /** TypeORM tells of commits to subscribers only. It is added at the first need: each costs every query of the app a little. */
  private watchCommits(): void {
    if (this.watchesCommits) return;
    this.watchesCommits = true;
    const subscriber: EntitySubscriberInterface = {
      afterTransactionCommit: ({ queryRunner }) => {
        if (queryRunner.isTransactionActive) return;
        const queue: TaskQueue = queryRunner.data;
        const tasks = queue[AFTER_COMMIT] ?? [];
        delete queue[AFTER_COMMIT];
        const done = runInOrder(tasks);
        // SQLite has one connection for all.
        if (this.mutex !== null || tasks.length === 0) return done;
        awaitAtRelease(queryRunner, done);
      },
      afterTransactionRollback: ({ queryRunner }) => {
        const queue: TaskQueue = queryRunner.data;
        const depth = queryRunner.isTransactionActive ? transactionDepth(queryRunner) : 0;
        queue[AFTER_COMMIT] = queue[AFTER_COMMIT]?.filter((queued) => queued.depth <= depth);
      },
    };
    this.dataSource.subscribers.push(subscriber);
  }
}

async function runInOrder(tasks: readonly QueuedTask[]): Promise<void> {
  for (const { task } of tasks) await task();
}

/** The connection goes back to its pool first: tasks that want one would else wait for one another, where as many transactions end at once as it has. */
function awaitAtRelease(queryRunner: QueryRunner, done: Promise<void>): void {
  const release = queryRunner.release.bind(queryRunner);
  // A failure is told by the release.
  done.catch(() => undefined);
  queryRunner.release = async () => {
    await release();
    await done;
  };
}

/** `transactionDepth` is no part of TypeORM's interface, though every runner has it; without it all is one level. */
function transactionDepth(queryRunner: QueryRunner): number {
  const depth: unknown = Reflect.get(queryRunner, 'transactionDepth');
  return typeof depth === 'number' ? depth : 1;
}
