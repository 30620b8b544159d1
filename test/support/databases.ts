import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';

/** TypeORM's names of the databases that the library supports. */
export type DriverName = 'better-sqlite3' | 'postgres' | 'mariadb' | 'mysql';

/** What a DataSource needs to find a database; entities and the rest are the test's. */
export type ConnectionOptions =
  | { type: 'better-sqlite3'; database: string; enableWAL: true }
  | { type: 'postgres'; url: string }
  | { type: 'mariadb' | 'mysql'; url: string };

/** A database of the test's own, empty when it is made. */
export interface TestDatabase {
  readonly name: string;
  /** As the example's `DATABASE_URL` takes it: `sqlite:PATH`, `postgres://…`, `mariadb://…`, `mysql://…`. */
  readonly url: string;
  dataSourceOptions(): ConnectionOptions;
  /** Removes it, with connections that a test left open. */
  drop(): Promise<void>;
}

export interface Driver {
  readonly name: DriverName;
  /** False where its server is missing. */
  readonly available: boolean;
  /** @param clauses - what the server's `CREATE DATABASE` takes beside the name */
  createDatabase(clauses?: string): Promise<TestDatabase>;
}

type ServerDriverName = Exclude<DriverName, 'better-sqlite3'>;

const sqlite: Driver = {
  name: 'better-sqlite3',
  available: true,
  async createDatabase() {
    const folder = await mkdtemp(join(tmpdir(), 'users-test-'));
    const database = join(folder, 'test.sqlite');
    return {
      name: database,
      url: `sqlite:${database}`,
      dataSourceOptions: () => ({ type: 'better-sqlite3', database, enableWAL: true }),
      drop: () => rm(folder, { recursive: true, force: true }),
    };
  },
};

/** The one list of databases that the tests run over. `RCU_TEST_DRIVERS=better-sqlite3,postgres` restricts it. */
export const drivers: readonly Driver[] = [
  sqlite,
  serverDriver('postgres', process.env.TEST_POSTGRES_URL),
  serverDriver('mariadb', process.env.TEST_MARIADB_URL),
  serverDriver('mysql', process.env.TEST_MYSQL_URL),
].filter(({ name }) => isWanted(name));

/**
 * Runs a suite once for each database, in a `describe` of its name. Where a server is missing, one test says so: it is
 * skipped, and fails where `CI=true`.
 */
export function forEachDriver(suite: (driver: Driver) => void): void {
  for (const driver of drivers) {
    describe(`on ${driver.name}`, () => {
      if (driver.available) suite(driver);
      else itIsMissing(driver.name);
    });
  }
}

function itIsMissing(name: DriverName): void {
  it(`finds the ${name} server`, function () {
    if (process.env.CI === 'true') throw new Error(`There is no ${name} server: run the tests by \`npm test\`.`);
    this.skip();
  });
}

function isWanted(name: DriverName): boolean {
  const wanted = process.env.RCU_TEST_DRIVERS;
  return wanted === undefined || wanted === '' || wanted.split(',').includes(name);
}

function serverDriver(name: ServerDriverName, serverUrl: string | undefined): Driver {
  return {
    name,
    available: serverUrl !== undefined && serverUrl !== '',
    async createDatabase(clauses = '') {
      if (!serverUrl) throw new Error(`There is no ${name} server: run the tests by \`npm test\`.`);
      const database = `test_${randomBytes(8).toString('hex')}`;
      await command(name, serverUrl, `CREATE DATABASE ${database} ${clauses}`);
      const url = new URL(serverUrl);
      url.pathname = `/${database}`;
      return {
        name: database,
        url: url.href,
        dataSourceOptions: () => ({ type: name, url: url.href }),
        drop: () => command(name, serverUrl, `DROP DATABASE IF EXISTS ${database}${name === 'postgres' ? ' WITH (FORCE)' : ''}`),
      };
    },
  };
}

async function command(type: ServerDriverName, url: string, sql: string): Promise<void> {
  const server = await new DataSource({ type, url }).initialize();
  try {
    await server.query(sql);
  } finally {
    await server.destroy();
  }
}
