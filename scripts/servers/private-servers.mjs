import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findOnPath, programs } from './find-programs.mjs';
import { accepts, freePort, mariadbAnswers, postgresAnswers, redisAnswers } from './probes.mjs';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;

/**
 * Servers for the tests alone: on loopback, on free ports, with their data in one temporary folder that goes with them,
 * and with the durability off that a throw-away database needs least.
 */
export class PrivateServers {
  /** What the tests find them by: names and values of environment variables. @type {Record<string, string>} */
  environment = {};
  /** Servers that could not be had, each with a sentence that says why. @type {{ name: string, why: string }[]} */
  missing = [];
  #folder = mkdtempSync(join(tmpdir(), 'routing-controllers-users-'));
  /** @type {import('node:child_process').ChildProcess[]} */
  #children = [];

  constructor() {
    // Servers that run as a user of their own have to pass through it.
    chmodSync(this.#folder, 0o711);
  }

  /** Starts what is installed and not given by the environment. Afterwards `environment` and `missing` say what is there. */
  async start() {
    const starts = [
      this.startPostgres(),
      this.#provide('mariadb', (program) => this.#startMariadb(program)),
      this.#provide('redis', (program) => this.#startRedis(program)),
    ];
    await Promise.all(starts);
    this.#nameMysql();
    const chromium = programs.chromium.find();
    if (chromium === undefined) this.missing.push({ name: 'Chromium', why: notFound(programs.chromium) });
    else this.environment.TEST_CHROMIUM = chromium;
  }

  /** Starts PostgreSQL alone. */
  startPostgres() {
    return this.#provide('postgres', (program) => this.#startPostgres(program));
  }

  /** Stops them all and removes their data; a second call does nothing. */
  async stop() {
    await Promise.all(this.#children.splice(0).map(stopChild));
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /**
   * @param {'postgres' | 'mariadb' | 'redis'} key
   * @param {(program: string) => Promise<string>} start answers the server's URL
   */
  async #provide(key, start) {
    const { name, variable, find } = programs[key];
    const given = process.env[variable];
    const program = find();
    if (key === 'postgres' && program !== undefined) this.environment.TEST_POSTGRES_BIN = dirname(program);
    if (key === 'redis' && program !== undefined) this.environment.TEST_REDIS_SERVER = program;
    if (given) {
      this.environment[variable] = given;
    } else if (program === undefined) {
      this.missing.push({ name, why: notFound(programs[key]) });
    } else {
      try {
        this.environment[variable] = await start(program);
      } catch (error) {
        this.missing.push({ name, why: error instanceof Error ? error.message : String(error) });
      }
    }
  }

  /** TypeORM's driver type `mysql` is tried on MariaDB's server, unless the environment names a MySQL server. */
  #nameMysql() {
    const url = process.env.TEST_MYSQL_URL ?? this.environment.TEST_MARIADB_URL?.replace(/^mariadb:/, 'mysql:');
    if (url === undefined) this.missing.push({ name: 'MySQL', why: 'there is no MariaDB to stand in; set TEST_MYSQL_URL' });
    else this.environment.TEST_MYSQL_URL = url;
  }

  /** @param {string} program */
  async #startPostgres(program) {
    const owner = serverUser('postgres');
    const data = this.#makeFolder('postgres', owner);
    const initdb = join(dirname(program), 'initdb');
    run(initdb, ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'], owner);
    const fast = [
      'fsync=off',
      'synchronous_commit=off',
      'full_page_writes=off',
      'max_connections=300',
      'unix_socket_directories=',
    ];
    const port = await this.#launch('postgres', owner, (port) => [
      program,
      ['-D', data, '-p', String(port), '-h', '127.0.0.1', ...fast.flatMap((setting) => ['-c', setting])],
    ]);
    await waitUntil(() => postgresAnswers(port), 'PostgreSQL');
    return `postgres://postgres@127.0.0.1:${port}/postgres`;
  }

  /** @param {string} program */
  async #startMariadb(program) {
    const owner = serverUser('mysql');
    const data = this.#makeFolder('mariadb', owner);
    const install = findOnPath(['mariadb-install-db', 'mysql_install_db'], ['/usr/bin', '/usr/local/bin']);
    if (install === undefined) throw new Error('mariadb-install-db is missing; it comes with the MariaDB server');
    const auth = ['--auth-root-authentication-method=normal', '--skip-test-db'];
    run(install, ['--no-defaults', `--datadir=${data}`, ...auth], owner);
    const fast = ['--innodb-flush-log-at-trx-commit=0', '--sync-binlog=0', '--skip-log-bin', '--innodb-buffer-pool-size=64M'];
    const port = await this.#launch('mariadb', owner, (port) => [
      program,
      [
        '--no-defaults',
        `--datadir=${data}`,
        `--socket=${join(data, 'server.sock')}`,
        `--port=${port}`,
        '--bind-address=127.0.0.1',
        '--skip-name-resolve',
        '--max-connections=300',
        '--character-set-server=utf8mb4',
        ...fast,
      ],
    ]);
    await waitUntil(() => mariadbAnswers(port), 'MariaDB');
    return `mariadb://root@127.0.0.1:${port}/mysql`;
  }

  /** @param {string} program */
  async #startRedis(program) {
    const owner = serverUser('redis');
    const data = this.#makeFolder('redis', owner);
    const port = await this.#launch('redis', owner, (port) => [
      program,
      ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', data],
    ]);
    await waitUntil(() => redisAnswers(port), 'Redis');
    return `redis://127.0.0.1:${port}`;
  }

  /**
   * Starts a server on a free port, and on another one where a stranger took the first meanwhile.
   * @param {string} name
   * @param {Owner} owner
   * @param {(port: number) => [program: string, args: string[]]} commandFor
   */
  async #launch(name, owner, commandFor) {
    const log = join(this.#folder, `${name}.log`);
    for (let attempt = 1; ; attempt++) {
      const port = await freePort();
      const [program, args] = commandFor(port);
      const output = openSync(log, 'w');
      // A process group of its own: Ctrl-C reaches the runner alone, which stops the servers in order.
      const child = spawn(program, args, { ...owner, cwd: this.#folder, stdio: ['ignore', output, output], detached: true });
      child.on('error', () => {});
      closeSync(output);
      this.#children.push(child);
      if (await listens(child, port)) return port;
      if (attempt === 3) throw new Error(`${program} does not start: ${readFileSync(log, 'utf8').trim().slice(-2000)}`);
    }
  }

  /**
   * @param {string} name
   * @param {Owner} owner
   */
  #makeFolder(name, owner) {
    const folder = join(this.#folder, name);
    mkdirSync(folder, { mode: 0o700 });
    if (owner.uid !== undefined && owner.gid !== undefined) chownSync(folder, owner.uid, owner.gid);
    return folder;
  }
}

/** @typedef {{ uid?: number, gid?: number }} Owner */

/**
 * Database servers refuse to run as root; their package brings a user for it.
 * @param {string} name
 * @returns {Owner}
 */
function serverUser(name) {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout.trim() || NaN));
  if (Number.isNaN(uid) || Number.isNaN(gid)) throw new Error(`there is no user ${name}, and the server refuses to run as root`);
  return { uid, gid };
}

/** @param {import('./find-programs.mjs').Program} program */
function notFound(program) {
  return `not found: apt-get install ${program.debianPackage}, or ${program.elsewhere}`;
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {Owner} owner
 */
function run(program, args, owner) {
  const { status, error, stdout, stderr } = spawnSync(program, args, { ...owner, cwd: tmpdir(), encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} fails: ${error?.message ?? `${stdout}${stderr}`.trim().slice(-2000)}`);
}

/**
 * One that could not be started at all has no pid.
 * @param {import('node:child_process').ChildProcess} child
 */
function isRunning(child) {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {number} port
 * @returns {Promise<boolean>} false when it ended instead
 */
async function listens(child, port) {
  for (let waited = 0; waited < START_TIMEOUT_MS && isRunning(child); waited += 50) {
    if (await accepts(port)) return true;
    await sleep(50);
  }
  return false;
}

/**
 * @param {() => Promise<boolean>} isReady
 * @param {string} name
 */
async function waitUntil(isReady, name) {
  for (let waited = 0; waited < START_TIMEOUT_MS; waited += 50) {
    if (await isReady()) return;
    await sleep(50);
  }
  throw new Error(`${name} does not answer after ${START_TIMEOUT_MS / 1000} seconds`);
}

/** @param {import('node:child_process').ChildProcess} child */
async function stopChild(child) {
  if (!isRunning(child)) return;
  const ended = once(child, 'exit');
  // PostgreSQL waits for its clients on SIGTERM, and for none on SIGINT, to which MariaDB is deaf.
  child.kill(child.spawnfile.endsWith('postgres') ? 'SIGINT' : 'SIGTERM');
  await Promise.race([ended, sleep(STOP_TIMEOUT_MS, undefined, { ref: false })]);
  if (isRunning(child)) {
    child.kill('SIGKILL');
    await ended;
  }
}
