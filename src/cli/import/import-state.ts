import { open, readFile, rename, rm } from 'node:fs/promises';
import { systemRandomness } from '../../runtime/randomness.js';
import { CommandFailure } from '../failures.js';
import { plainText } from '../plain-text.js';
import type { FileSurvey } from './import-source.js';

/** What has become of the records so far. */
export interface ImportCounts {
  /** All that were read. */
  read: number;
  imported: number;
  /** Whose address has a user already, where that is no fault. */
  skipped: number;
  bad: number;
}

export interface ImportProgress extends ImportCounts {
  /** How long the report of bad lines is. */
  rejectedBytes: number;
}

const VERSION = 1;
const KEY_BYTES = 32;
const COUNTS = ['read', 'imported', 'skipped', 'bad', 'rejectedBytes'] as const;
const NOTHING: ImportProgress = { read: 0, imported: 0, skipped: 0, bad: 0, rejectedBytes: 0 };

/** How far an import is, in a file that is replaced as a whole, so that a kill leaves the old or the new one. */
export class ImportState {
  private constructor(
    /** Null where there is nothing to resume by. */
    private readonly path: string | null,
    private readonly source: string | null,
    /** Makes the security stamps of this import's users, by which they are known again. */
    readonly stampKey: Buffer,
    readonly progress: ImportProgress,
    /** Whether another run was here before. */
    readonly isResumed: boolean,
  ) {}

  /**
   * Takes up the import that this file tells of, or begins one.
   * @param survey - null for stdin, which cannot be looked at before
   * @throws {@link CommandFailure} where the file to be imported is another one than it was
   */
  static async open(path: string | null, survey: FileSurvey | null): Promise<ImportState> {
    const source = survey?.sha256 ?? null;
    const text = path === null ? null : await readText(path);
    const found = path === null || text === null ? null : parse(text, path);
    const isSame = found?.source === source;
    // Of another file nothing is done yet.
    if (found === null || (!isSame && found.progress.read === 0)) {
      return new ImportState(path, source, systemRandomness.bytes(KEY_BYTES), NOTHING, false);
    }
    if (isSame) return new ImportState(path, source, found.stampKey, found.progress, true);
    throw new CommandFailure(
      `the file is not the one that ${plainText(String(path))} tells of, of which ${found.progress.read} records are done. Bring that one back; or remove ${plainText(String(path))} and begin anew with --on-conflict skip`,
    );
  }

  async write(progress: ImportProgress): Promise<void> {
    if (this.path === null) return;
    const { source, stampKey } = this;
    const text = `${JSON.stringify({ version: VERSION, source, ...progress, stampKey: stampKey.toString('base64url') })}\n`;
    const beside = `${this.path}.new`;
    try {
      const file = await open(beside, 'w', 0o600);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(beside, this.path);
    } catch (error) {
      throw new CommandFailure(`${plainText(this.path)} cannot be written; --state names another place for it`, undefined, {
        cause: error,
      });
    }
  }

  async remove(): Promise<void> {
    if (this.path !== null) await rm(this.path, { force: true });
  }
}

/** @returns null where there is no such file */
async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function parse(text: string, path: string): { source: string | null; stampKey: Buffer; progress: ImportProgress } {
  const fields = new Map<string, unknown>(Object.entries(Object(parseJson(text))));
  const counts = COUNTS.map((name) => [name, fields.get(name)] as const);
  const key = fields.get('stampKey');
  const stampKey = Buffer.from(typeof key === 'string' ? key : '', 'base64url');
  const source = fields.get('source');
  const isWhole =
    fields.get('version') === VERSION &&
    stampKey.length === KEY_BYTES &&
    (source === null || typeof source === 'string') &&
    counts.every(([, value]) => Number.isSafeInteger(value) && Number(value) >= 0);
  if (!isWhole || (source !== null && typeof source !== 'string')) {
    throw new CommandFailure(`${plainText(path)} is no state of an import: name another one by --state, or remove it`);
  }
  const progress = { ...NOTHING };
  for (const [name, value] of counts) progress[name] = Number(value);
  return { source, stampKey, progress };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
