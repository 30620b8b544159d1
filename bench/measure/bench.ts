import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { DatabaseSettings } from '../seed/databases.js';
import type { SeedSize } from '../seed/rows.js';
import { seed } from '../seed/seed.js';
import { Load } from './load.js';
import { measureInTurns, type Plan, type RoundOptions, type Series, type Target } from './rounds.js';
import { Server, type ServerName } from './server.js';
import { SECRET } from './tokens.js';

/** How long to measure, and on how much. */
export interface Effort {
  rounds: number;
  turns: number;
  /** Milliseconds of load on one target in one turn. */
  milliseconds: number;
  /** Requests. */
  warmUp: number;
  small: SeedSize;
  large: SeedSize;
  /** Pairs of processes, of which each measures some rounds, where it is a few percent that matter. */
  pairs: number;
  /** Rounds of what takes seconds: logins, starts. */
  costlyRounds: number;
  /** Of reading while others sign in, and as many without them. Some hashes should fit in. */
  readingMilliseconds: number;
  /**
   * Until those who sign in have come, their code is compiled, hashes are what is under way, and the kernel has found a place for each
   * thread.
   */
  settlingMilliseconds: number;
  /** Logins in one round. */
  logins: number;
}

/** Of a load, unless it is told otherwise. */
export const CONNECTIONS = 32;

export type DatabaseKind = 'sqlite' | 'postgres';

export interface BenchOptions {
  /** A folder for CPU profiles of the servers. @defaultValue none are made */
  profile?: string | undefined;
  /** Large databases that are filled already. @defaultValue they are filled at the first need */
  large?: Partial<Record<DatabaseKind, DatabaseSettings>>;
}

/** A database that was filled. */
export interface SeededDatabase {
  settings: DatabaseSettings;
  size: SeedSize;
}

/** What scenarios share: databases and servers that are made at the first need, and the process that makes the load. */
export class Bench {
  readonly load = new Load();
  private readonly folder = mkdtempSync(join(tmpdir(), 'routing-controllers-users-bench-'));
  private readonly databases = new Map<string, Promise<SeededDatabase>>();
  private readonly servers = new Map<string, Promise<Server>>();
  /** Also those of a scenario that failed. */
  private readonly started = new Set<Server>();
  private postgresUrl: Promise<string> | undefined;

  constructor(
    readonly effort: Effort,
    private readonly startPostgres: () => Promise<string>,
    private readonly say: (what: string) => void,
    private readonly options: BenchOptions = {},
  ) {
    // Also when the run is interrupted: a million users are gigabytes.
    process.on('exit', this.removeFiles);
  }

  /** A filled database; the same for all who ask for the same. */
  database(kind: DatabaseKind, size: 'small' | 'large'): Promise<SeededDatabase> {
    return remembered(this.databases, `${kind}-${size}`, () => this.fill(kind, size));
  }

  /** A server on that database; the same for all who ask for the same. */
  server(name: ServerName, database: SeededDatabase): Promise<Server> {
    return remembered(this.servers, `${name} ${JSON.stringify(database.settings)}`, () => this.startServer(name, database));
  }

  /** Starts another one, which the caller stops when it has done its work. */
  async startServer(name: ServerName, { settings }: SeededDatabase): Promise<Server> {
    const server = await Server.start(name, { database: settings, secret: SECRET }, this.options.profile);
    this.started.add(server);
    return server;
  }

  /** Measures the targets in turns for as long as the effort says. */
  inTurns<Name extends string>(
    targets: Record<Name, Target>,
    options: Partial<RoundOptions> = {},
  ): Promise<Record<Name, Series>> {
    return measureInTurns(this.load, targets, { ...this.effort, ...options });
  }

  /** A load of all connections for as long as a turn lasts. */
  plan(requests: readonly string[], expect = 200): Plan {
    return { connections: CONNECTIONS, requests, milliseconds: this.effort.milliseconds, expect };
  }

  /** Stops the servers, and removes the databases. */
  async close(): Promise<void> {
    await Promise.all([...this.started].map((server) => server.stop()));
    this.load.close();
    this.removeFiles();
  }

  private readonly removeFiles = (): void => rmSync(this.folder, { recursive: true, force: true });

  private async fill(kind: DatabaseKind, name: 'small' | 'large'): Promise<SeededDatabase> {
    const size = this.effort[name];
    const filled = name === 'large' ? this.options.large?.[kind] : undefined;
    if (filled !== undefined) return { settings: filled, size };
    this.say(`filling ${kind} with ${size.users} users and ${size.sessions} sessions`);
    const settings = kind === 'sqlite' ? this.sqlite(name) : await this.postgres(name);
    await seed(settings, size);
    return { settings, size };
  }

  private sqlite(name: string): DatabaseSettings {
    return { type: 'better-sqlite3', database: join(this.folder, `${name}.sqlite`), enableWAL: true };
  }

  private async postgres(name: string): Promise<DatabaseSettings> {
    // Beside a large one that was given: two servers of PostgreSQL are not equally fast either.
    const given = this.options.large?.postgres;
    this.postgresUrl ??= given?.type === 'postgres' ? Promise.resolve(given.url) : this.startPostgres();
    const url = new URL(await this.postgresUrl);
    const client = new pg.Client(url.href);
    await client.connect();
    await client.query(`DROP DATABASE IF EXISTS bench_${name}`);
    await client.query(`CREATE DATABASE bench_${name}`);
    await client.end();
    url.pathname = `/bench_${name}`;
    return { type: 'postgres', url: url.href };
  }
}

function remembered<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}
