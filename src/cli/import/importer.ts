import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceUnavailableError, UsersError, ValidationError } from '../../http/index.js';
import { describeError } from '../../runtime/describe-error.js';
import { RegisterUserAlreadyExistsError, type UserToImport } from '../../users/index.js';
import { CommandFailure } from '../failures.js';
import { plainText } from '../plain-text.js';
import type { ImportRecord } from './import-record.js';
import type { ImportCounts, ImportState } from './import-state.js';
import type { RejectedLine, RejectedLines } from './rejected-lines.js';
import type { UserReader } from './user-reader.js';

/** Where users go. */
export interface UserStore {
  /** @returns for each, in their order, null where it is stored, else why it is not */
  importAll(users: readonly UserToImport[]): Promise<unknown[]>;
  /** Whether the user of this address came from here, in a try whose end nobody saw. */
  isOwn(user: UserToImport): Promise<boolean>;
}

export interface ImporterParts {
  reader: UserReader;
  store: UserStore;
  state: ImportState;
  rejected: RejectedLines;
  onConflict: 'report' | 'skip';
  /** How many bad lines are borne. */
  mostBad: number;
  /** Ends the import behind the batch at hand. */
  signal: AbortSignal;
  onProgress: (counts: ImportCounts) => void;
}

/** `given up` is past the bad lines that are borne. */
export type ImportEnd = 'finished' | 'interrupted' | 'given up';

const BATCH_RECORDS = 1000;
const BATCH_SIZE = 4 * 1024 * 1024;

/** How long to wait for a database that does not answer, before each further try. */
const PAUSES_MILLISECONDS = [500, 1000, 2000, 4000, 8000];

interface Attempt {
  record: ImportRecord;
  /** Null where the reader has found faults. */
  user: UserToImport | null;
  reasons: readonly string[];
}

/**
 * Stores users in batches: first the bad lines of a batch are told, then its transaction is committed, then the state is written. A kill
 * between any two of them leaves a batch to be done again, whose users are known by their security stamps.
 */
export class Importer {
  private progress;
  /** Whether the batch at hand may be in the database already. */
  private mayBeStored: boolean;
  private hasBegun = false;

  constructor(private readonly parts: ImporterParts) {
    this.progress = parts.state.progress;
    this.mayBeStored = parts.state.isResumed;
  }

  get counts(): ImportCounts {
    const { read, imported, skipped, bad } = this.progress;
    return { read, imported, skipped, bad };
  }

  /** @throws {@link CommandFailure} where the records end before those that are done */
  async run(records: AsyncIterable<readonly ImportRecord[]>): Promise<ImportEnd> {
    const { signal, mostBad } = this.parts;
    let done = this.progress.read;
    let batch: ImportRecord[] = [];
    let size = 0;
    for await (const some of records) {
      for (const record of some) {
        if (done > 0) {
          done -= 1;
          continue;
        }
        // A key that is lost with the process would leave users behind that nobody knows again.
        if (batch.length === 0) await this.begin();
        batch.push(record);
        size += record.size;
        if (batch.length < BATCH_RECORDS && size < BATCH_SIZE) continue;
        await this.finish(batch);
        batch = [];
        size = 0;
        if (this.progress.bad > mostBad) return 'given up';
        if (signal.aborted) return 'interrupted';
      }
    }
    if (done > 0) throw new CommandFailure(`there are ${done} records less than this import has done already`);
    if (batch.length > 0) await this.finish(batch);
    if (this.progress.bad > mostBad) return 'given up';
    // Ctrl-C ended the program that wrote to our stdin, too.
    return signal.aborted ? 'interrupted' : 'finished';
  }

  private async begin(): Promise<void> {
    if (this.hasBegun) return;
    this.hasBegun = true;
    await this.parts.state.write(this.progress);
  }

  private async finish(records: readonly ImportRecord[]): Promise<void> {
    const attempts = records.map((record) => this.read(record));
    const users = attempts.flatMap(({ user }) => (user === null ? [] : [user]));
    const refusals = new Map<UserToImport, unknown>();
    for (const [index, refusal] of (await this.store(users)).entries()) {
      const user = users[index];
      if (user !== undefined && refusal !== null && !(await this.isOwn(user, refusal))) refusals.set(user, refusal);
    }
    const bad: RejectedLine[] = [];
    let skipped = 0;
    for (const { record, user, reasons } of attempts) {
      const refusal = user === null ? null : refusals.get(user);
      const isSkipped = this.parts.onConflict === 'skip' && refusal instanceof RegisterUserAlreadyExistsError;
      if (isSkipped) skipped += 1;
      else if (user === null) bad.push(this.rejected(record, reasons));
      else if (refusals.has(user)) bad.push(this.rejected(record, reasonsOf(refusal)));
    }
    const rejectedBytes = await this.parts.rejected.add(bad);
    const { read, imported, skipped: skippedBefore, bad: badBefore } = this.progress;
    this.progress = {
      read: read + records.length,
      imported: imported + users.length - refusals.size,
      skipped: skippedBefore + skipped,
      bad: badBefore + bad.length,
      rejectedBytes,
    };
    await this.parts.state.write(this.progress);
    this.mayBeStored = false;
    this.parts.onProgress(this.counts);
  }

  private read(record: ImportRecord): Attempt {
    const user = this.parts.reader.read(record);
    if (Array.isArray(user)) return { record, user: null, reasons: user };
    const securityStamp = createHmac('sha256', this.parts.state.stampKey).update(String(record.line)).digest('base64url');
    return { record, user: { user, securityStamp }, reasons: [] };
  }

  private async store(users: readonly UserToImport[]): Promise<unknown[]> {
    for (const pause of PAUSES_MILLISECONDS) {
      try {
        return await this.parts.store.importAll(users);
      } catch (error) {
        if (!(error instanceof ServiceUnavailableError) || this.parts.signal.aborted) throw error;
        // A connection may be lost just when a commit is answered.
        this.mayBeStored = true;
        await sleep(pause);
      }
    }
    return this.parts.store.importAll(users);
  }

  private async isOwn(user: UserToImport, refusal: unknown): Promise<boolean> {
    return this.mayBeStored && refusal instanceof RegisterUserAlreadyExistsError && (await this.parts.store.isOwn(user));
  }

  private rejected(record: ImportRecord, reasons: readonly string[]): RejectedLine {
    const email = this.parts.reader.addressIn(record);
    return { line: record.line, ...(email === null ? {} : { email }), reasons };
  }
}

function reasonsOf(refusal: unknown): string[] {
  if (refusal instanceof RegisterUserAlreadyExistsError) return ['email is taken: there is a user of this address already'];
  if (refusal instanceof ValidationError) return refusal.errors.flatMap(({ messages }) => messages).map(plainText);
  return [plainText(refusal instanceof UsersError ? refusal.message : describeError(refusal).message)];
}
