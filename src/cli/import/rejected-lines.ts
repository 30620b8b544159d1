import { type FileHandle, open, rm, stat, truncate } from 'node:fs/promises';

export interface RejectedLine {
  line: number;
  /** Where it is one. */
  email?: string;
  reasons: readonly string[];
}

/** The report of bad lines, one JSON object each. It holds no hash. It is there when the first one comes. */
export class RejectedLines {
  private file: FileHandle | null = null;

  constructor(
    private readonly path: string,
    /** Its length; what stands behind was told by a run that did not come to note it. */
    private bytes: number,
  ) {}

  /** Makes the report what it was when the state was written, or as much of it as is left. */
  async restore(): Promise<void> {
    const { size } = await stat(this.path).catch(() => ({ size: 0 }));
    this.bytes = Math.min(this.bytes, size);
    if (this.bytes === 0) await rm(this.path, { force: true });
    else await truncate(this.path, this.bytes);
  }

  /** @returns how long the report is then */
  async add(lines: readonly RejectedLine[]): Promise<number> {
    if (lines.length === 0) return this.bytes;
    const text = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const file = await this.opened();
    await file.write(text, 0, text.length, this.bytes);
    await file.datasync();
    this.bytes += text.length;
    return this.bytes;
  }

  async close(): Promise<void> {
    await this.file?.close();
    this.file = null;
  }

  private async opened(): Promise<FileHandle> {
    this.file ??= await open(this.path, this.bytes === 0 ? 'w' : 'r+', 0o600);
    return this.file;
  }
}
