import { access } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Logger } from 'typeorm';
import type { BaseUserWithoutId } from '../../model/index.js';
import { UserImport, type UsersContext } from '../../users/index.js';
import type { CommandLine } from '../command-line.js';
import { CommandFailure, EXIT_CODES } from '../failures.js';
import { counted, plainText } from '../plain-text.js';
import type { CommandApp } from '../setup-module.js';
import { fieldList } from '../table.js';
import { DryRun } from './dry-run.js';
import { bytesOf, type FormatName, formatOf, makeFormat, recordsOf, survey } from './import-source.js';
import { ImportState } from './import-state.js';
import { type ImportEnd, Importer } from './importer.js';
import { RejectedLines } from './rejected-lines.js';
import { UserReader } from './user-reader.js';

export interface ImportOptions {
  format?: FormatName;
  delimiter?: string;
  map?: Map<string, string>;
  ignoreUnknown?: boolean;
  onConflict: 'report' | 'skip';
  maxBad?: number;
  allowBad?: boolean;
  rejected?: string;
  state?: string;
  dryRun?: boolean;
}

/** One run of the command. */
export class ImportRun {
  private readonly rejectedFile: string;
  private readonly stateFile: string | null;
  private readonly startedAt = performance.now();

  constructor(
    private readonly cli: CommandLine,
    private readonly command: Command,
    private readonly file: string,
    private readonly options: ImportOptions,
  ) {
    this.rejectedFile = options.rejected ?? `${file === '-' ? 'stdin' : file}.rejected.jsonl`;
    this.stateFile = options.state ?? (file === '-' ? null : `${file}.import-state.json`);
  }

  async run({ users, context }: CommandApp): Promise<void> {
    const { dryRun = false, onConflict, maxBad = Number.POSITIVE_INFINITY, map = new Map<string, string>() } = this.options;
    const name = formatOf(this.file, this.options.format);
    silenceQueries(context);
    const reader = new UserReader(context, { renamed: map, ignoresUnknown: this.options.ignoreUnknown === true });
    const delimiter = this.options.delimiter ?? (this.file.endsWith('.tsv') ? '\t' : ',');
    const format = makeFormat(name, { delimiter, checkHeader: (names) => reader.checkNames(names) });
    const found = this.file === '-' ? null : await survey(this.file);
    if (dryRun) await this.refuseBesideImport();
    const state = await ImportState.open(dryRun ? null : this.stateFile, found);
    const rejected = new RejectedLines(this.rejectedFile, state.progress.rejectedBytes);
    const bar = this.cli.terminal.progress('lines', found === null ? null : Math.max(1, found.lines));
    const userImport = new UserImport<BaseUserWithoutId>(context, users.manager);
    const stop = stopSignal();
    const importer = new Importer({
      reader,
      store: dryRun ? new DryRun(userImport) : userImport,
      state,
      rejected,
      onConflict,
      mostBad: maxBad,
      signal: stop.signal,
      onProgress: ({ read, bad }) => bar.update(read, bad === 0 ? '' : `${counted(bad, 'bad line')}`),
    });
    const alreadyRead = state.progress.read;
    try {
      await rejected.restore();
      bar.update(alreadyRead);
      const end = await importer.run(recordsOf(bytesOf(this.file), format));
      if (end === 'finished') await state.remove();
      bar.end();
      this.tell(end, importer, alreadyRead);
    } catch (error) {
      bar.end();
      if (importer.counts.read > 0) this.cli.terminal.note(this.stoppedAt(importer.counts.read));
      throw error;
    } finally {
      bar.end();
      stop.release();
      await rejected.close();
    }
  }

  /** It would take the report of bad lines away from an import that is to go on. */
  private async refuseBesideImport(): Promise<void> {
    if (this.stateFile === null || !(await exists(this.stateFile))) return;
    throw new CommandFailure(`${plainText(this.stateFile)} tells of an import that has not come to its end: finish it first`);
  }

  private tell(end: ImportEnd, { counts }: Importer, alreadyRead: number): void {
    const seconds = (performance.now() - this.startedAt) / 1000;
    const rejected = counts.bad > 0 ? this.rejectedFile : null;
    const perSecond = Math.round((counts.read - alreadyRead) / seconds);
    const dryRun = this.options.dryRun === true;
    const value = { end, dryRun, ...counts, rejected, seconds: Number(seconds.toFixed(3)), perSecond };
    const text = fieldList({
      [dryRun ? 'would go in' : 'imported']: counts.imported,
      'skipped, there already': counts.skipped,
      'bad lines': rejected === null ? 0 : `${counts.bad}, told in ${rejected}`,
      took: `${seconds.toFixed(1)} s, ${perSecond} lines a second`,
    });
    this.cli.answer(this.command, value, text);
    if (end === 'given up') this.cli.terminal.note(`rcu: given up past ${counted(this.options.maxBad ?? 0, 'bad line')}`);
    if (end === 'interrupted') this.cli.terminal.note(this.stoppedAt(counts.read));
    if (end === 'interrupted') this.cli.exitCode = EXIT_CODES.interrupted;
    else if (counts.bad > 0 && (end === 'given up' || this.options.allowBad !== true)) this.cli.exitCode = EXIT_CODES.failed;
  }

  private stoppedAt(read: number): string {
    const goesOn = this.stateFile === null ? 'without --state it has to begin anew' : 'the same command goes on from there';
    return `rcu: stopped at ${read} records; ${this.options.dryRun === true ? 'nothing was written' : goesOn}`;
  }
}

/** An app that logs its queries would log hashes. */
function silenceQueries({ table }: UsersContext<BaseUserWithoutId>): void {
  const nothing = () => undefined;
  const logger: Logger = {
    logQuery: nothing,
    logQueryError: nothing,
    logQuerySlow: nothing,
    logSchemaBuild: nothing,
    logMigration: nothing,
    log: nothing,
  };
  table.database.dataSource.setOptions({ logger });
}

/** Aborted by the first SIGINT or SIGTERM; the second one ends the process as ever. */
function stopSignal(): { signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const release = () => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  };
  const stop = () => {
    release();
    controller.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return { signal: controller.signal, release };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
