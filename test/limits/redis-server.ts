import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/free-port.js';

const PROGRAM = process.env.TEST_REDIS_SERVER ?? '/usr/bin/redis-server';

/** A Redis of the test's own on loopback, that it may stop, halt and start again. */
export class RedisServer {
  static readonly available = existsSync(PROGRAM);

  private process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly folder: string,
  ) {}

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), await mkdtemp(join(tmpdir(), 'users-redis-')));
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const options = [
      '--port',
      String(this.port),
      '--bind',
      '127.0.0.1',
      '--dir',
      this.folder,
      '--save',
      '',
      '--appendonly',
      'no',
    ];
    const started = spawn(PROGRAM, options, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.process = started;
    for await (const line of started.stdout) {
      if (String(line).includes('Ready to accept connections')) {
        break;
      }
    }
  }

  /** The connections break, and new ones are refused. */
  async stop(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** It goes on to accept connections and commands, and answers none. */
  halt(): void {
    this.process?.kill('SIGSTOP');
  }

  resume(): void {
    this.process?.kill('SIGCONT');
  }

  async remove(): Promise<void> {
    await this.end('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { process: running } = this;
    this.process = undefined;
    if (running && running.exitCode === null && running.signalCode === null) {
      const exited = once(running, 'exit');
      running.kill(signal);
      await exited;
    }
  }
}
