import { type EntityManager, In, QueryFailedError } from 'typeorm';
import { isConstraintViolation, isUnfitValue } from '../database/index.js';
import { ServiceUnavailableError } from '../http/index.js';
import type { BaseUserWithoutId } from '../model/index.js';
import { type ImportedUser, importedUserRow, type NewUserRow, refusalOf } from './new-user-row.js';
import { RegisterUserAlreadyExistsError } from './user.errors.js';
import { UserManager } from './user-manager.js';
import type { UsersContext } from './users-context.js';

/** Of one statement. SQLite takes 32,766, the other databases more; past some thousands nothing gets faster. */
const MOST_VALUES = 6_000;

export interface UserToImport {
  user: ImportedUser;
  /** By which the row is known again: {@link UserImport.isOwn}. */
  securityStamp: string;
}

interface Candidate {
  index: number;
  user: ImportedUser;
  row: NewUserRow;
}

/** Imports many users at once, by the rules of `importUser`. An app's own `importUser` is called for each. */
export class UserImport<U extends BaseUserWithoutId> {
  private readonly rowsAtOnce: number;
  private readonly isOverridden: boolean;

  constructor(
    private readonly context: UsersContext<U>,
    private readonly users: UserManager<U>,
  ) {
    this.rowsAtOnce = Math.max(1, Math.floor(MOST_VALUES / context.table.metadata.columns.length));
    this.isOverridden = users.importUser !== UserManager.prototype.importUser;
  }

  /**
   * Stores all that can be stored, in one transaction. A refused one does not hinder the others.
   * @returns for each, in their order, null where it is stored, else what `importUser` would throw
   * @throws {@link ServiceUnavailableError} where the database cannot be reached; whether they are stored is not known then
   * @throws whatever else the database says, but of a single row; none is stored then
   */
  async importAll(users: readonly UserToImport[]): Promise<unknown[]> {
    const refusals: unknown[] = users.map(() => null);
    const candidates: Candidate[] = [];
    for (const [index, { user, securityStamp }] of users.entries()) {
      try {
        candidates.push({ index, user, row: importedUserRow(this.context, user, securityStamp) });
      } catch (error) {
        refusals[index] = error;
      }
    }
    return this.context.transaction(async (manager) => {
      // The work may be begun anew, and come to another end.
      const told = [...refusals];
      if ((await this.attempt(candidates, manager)) === null) return told;
      const emails = candidates.map(({ row }) => row.email);
      const taken = await this.takenAddresses(emails, manager);
      const free = candidates.filter(({ row, index }) => {
        const isTaken = taken.has(row.email);
        if (isTaken) told[index] = new RegisterUserAlreadyExistsError();
        return !isTaken;
      });
      await this.storeByHalves(free, told, manager);
      return told;
    });
  }

  /** Whether the user of this address is the row that an earlier run made, though its answer never came. */
  async isOwn({ user, securityStamp }: UserToImport): Promise<boolean> {
    const { email, hashedPassword } = importedUserRow(this.context, user);
    const secrets = (await this.context.table.findWithSecrets({ email }))?.secrets;
    if (secrets === undefined) return false;
    // An app's own `importUser` makes the stamp itself.
    const isSameHash = hashedPassword !== null && secrets.hashedPassword === hashedPassword;
    return this.isOverridden ? isSameHash : secrets.securityStamp === securityStamp;
  }

  /** Those of the addresses, each in its one form, that have a user. */
  async takenAddresses(emails: readonly string[], within?: EntityManager): Promise<Set<string>> {
    const { database, entity } = this.context.table;
    const rows = await database.read((manager) => {
      const query = manager.createQueryBuilder(entity, 'user').select('user.email', 'email');
      return query.where({ email: In([...emails]) }).getRawMany<{ email: string }>();
    }, within);
    return new Set(rows.map(({ email }) => email));
  }

  /** Finds the few that cannot be stored by halving, in their order: of two of one address the first goes in. */
  private async storeByHalves(candidates: readonly Candidate[], refusals: unknown[], manager: EntityManager): Promise<void> {
    const [first] = candidates;
    if (first === undefined) return;
    const error = await this.attempt(candidates, manager);
    if (error === null) return;
    if (candidates.length === 1) {
      refusals[first.index] = await refusalOf(this.context, error, first.row, manager);
      return;
    }
    const middle = Math.ceil(candidates.length / 2);
    await this.storeByHalves(candidates.slice(0, middle), refusals, manager);
    await this.storeByHalves(candidates.slice(middle), refusals, manager);
  }

  /** Stores all, or none where one cannot be stored. @returns why; null where all went in */
  private async attempt(candidates: readonly Candidate[], manager: EntityManager): Promise<unknown> {
    try {
      await this.context.table.database.transaction((inner) => this.store(candidates, inner), manager);
      return null;
    } catch (error) {
      throwUnlessOfRow(error);
      return error ?? new Error('a hook refused it without a word');
    }
  }

  private async store(candidates: readonly Candidate[], manager: EntityManager): Promise<void> {
    const { hooks, events } = this.context;
    if (this.isOverridden) {
      const users = this.users.withManager(manager);
      for (const { user } of candidates) await users.importUser(user);
    } else if (hooks.has('duringRegister') || events.areKept) {
      for (const { row } of candidates) await this.storeOne(row, manager);
    } else {
      const rows = candidates.map(({ row }) => row);
      for (let start = 0; start < rows.length; start += this.rowsAtOnce) {
        await this.context.table.insertAll(rows.slice(start, start + this.rowsAtOnce), manager);
      }
    }
  }

  private async storeOne(row: NewUserRow, manager: EntityManager): Promise<void> {
    const { table, hooks, events } = this.context;
    const user = await table.insert(row, manager);
    await hooks.run('duringRegister', user, manager);
    await events.record(events.make('registered', user.id), manager);
  }
}

/** A table that is not there is no fault of the row; what a hook throws, or a constraint says, is. */
function throwUnlessOfRow(error: unknown): void {
  const isOfRow = !(error instanceof QueryFailedError) || isConstraintViolation(error) || isUnfitValue(error);
  if (error instanceof ServiceUnavailableError || !isOfRow) throw error;
}
