import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Database } from 'better-sqlite3';
import type { MessageClasses } from 'routing-controllers-users';

/** What a server is told by whoever starts it. */
export interface ServerSettings {
  database: { type: 'better-sqlite3'; database: string; enableWAL: true } | { type: 'postgres'; url: string };
  /** Of at least 32 bytes; signs the tokens. */
  secret: string;
}

/** What a server tells of itself when it is asked. */
export interface Usage {
  /** Microseconds of all cores since it started. */
  cpu: number;
  /** Bytes. */
  rss: number;
}

export type ServerMessage = { kind: 'ready'; port: number } | ({ kind: 'usage' } & Usage);

/** The settings of this process. */
export function settings(): ServerSettings {
  return JSON.parse(process.argv[2] ?? '{}');
}

/** How TypeORM finds the database, with a cache for a large one: SQLite has 16 MB unless told, and asks the system for the rest. */
export function connection({ database }: ServerSettings) {
  if (database.type === 'postgres') return database;
  return { ...database, prepareDatabase: (sqlite: Database) => void sqlite.pragma('cache_size = -262144') };
}

/**
 * Serves on a free port of the loopback, and answers the parent's questions. It ends with its parent.
 * @param classes - those of an Express app's messages; none: as its `listen()` does
 */
export function serve(listener: RequestListener, classes?: MessageClasses): void {
  const server = createServer(classes ?? {}, listener);
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', 1024, () => ready((server.address() as AddressInfo).port));
}

/** Tells the parent that requests may come. */
export function ready(port: number): void {
  tell({ kind: 'ready', port });
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    tell({ kind: 'usage', cpu: user + system, rss: process.memoryUsage.rss() });
  });
  process.on('disconnect', () => process.exit());
}

function tell(message: ServerMessage): void {
  process.send?.(message);
}
