import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Driver, TestDatabase } from '../../support/databases.js';
import { IMPORT_SET_UP, type ImportAppSettings, importApp, inEnvironment, Person } from './import-app.js';
import { type CliRun, runCli, runCliHere } from './run-cli.js';

/** `pbkdf2_sha256$1$…`, as Django writes it at the least cost. Of no password. */
export function someHash(index = 0): string {
  return `pbkdf2_sha256$1$salt${index}$${Buffer.alloc(32, index % 251).toString('base64')}`;
}

export interface ImportRun extends CliRun {
  rejected: { line: number; email?: string; reasons: string[] }[];
}

/** A folder with files to import, and a database to import them into. */
export class ImportFolder {
  private constructor(
    readonly path: string,
    private readonly database: TestDatabase,
    readonly app: ImportAppSettings,
  ) {}

  static async make(driver: Driver, settings: Omit<ImportAppSettings, 'database'> = {}): Promise<ImportFolder> {
    const database = await driver.createDatabase();
    const app = { ...settings, database: database.dataSourceOptions() };
    return new ImportFolder(await mkdtemp(join(tmpdir(), 'users-import-')), database, app);
  }

  file(name: string): string {
    return join(this.path, name);
  }

  async write(name: string, text: string | Buffer): Promise<string> {
    await writeFile(this.file(name), text);
    return this.file(name);
  }

  files(): Promise<string[]> {
    return readdir(this.path);
  }

  /** Imports in this process. */
  async import(name: string, ...options: string[]): Promise<ImportRun> {
    return this.withRejected(name, await runCliHere(this.command(name, ...options), { environment: inEnvironment(this.app) }));
  }

  /** Imports in a process of its own. */
  async importApart(name: string, options: string[] = [], input = ''): Promise<ImportRun> {
    const run = await runCli(this.command(name, ...options), { environment: inEnvironment(this.app), input });
    return this.withRejected(name, run);
  }

  command(name: string, ...options: string[]): string[] {
    return ['import', name === '-' ? name : this.file(name), ...options, '-s', IMPORT_SET_UP];
  }

  /** How many records the state of an import tells of; 0 where there is none. */
  async progressOf(name: string): Promise<number> {
    const state = await readFile(`${this.file(name)}.import-state.json`, 'utf8').catch(() => '{"read":0}');
    return Number(JSON.parse(state).read);
  }

  /** Waits until an import of this file has noted that so much of it is done. */
  async untilSome(name: string, atLeast = 1): Promise<void> {
    while ((await this.progressOf(name)) < atLeast) await sleep(5);
  }

  /** All users, as the database has them, by their addresses. */
  async people(): Promise<Person[]> {
    return this.withApp(async ({ dataSource }) => {
      const query = dataSource.getRepository(Person).createQueryBuilder('person');
      return query.addSelect(['person.hashedPassword', 'person.securityStamp']).orderBy('person.email').getMany();
    });
  }

  async withApp<T>(work: (app: Awaited<ReturnType<typeof importApp>>) => Promise<T>): Promise<T> {
    const app = await importApp(this.app);
    try {
      return await work(app);
    } finally {
      await app.users.close();
      await app.dataSource.destroy();
    }
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
    await this.database.drop();
  }

  private async withRejected(name: string, run: CliRun): Promise<ImportRun> {
    const text = await readFile(`${this.file(name)}.rejected.jsonl`, 'utf8').catch(() => '');
    const rejected = text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
    return Object.assign(run, { rejected });
  }
}
