import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ServerMessage, ServerSettings, Usage } from '../servers/serve.js';
import { keepOnCore } from './cores.js';

export type ServerName =
  | 'better-auth'
  | 'fastify'
  | 'floor'
  | 'floor-classes'
  | 'hash-limit'
  | 'node-limit'
  | 'ours'
  | 'ours-listen'
  | 'passport'
  | 'routing-limit';

/** A server in a process of its own. */
export class Server {
  /** Requests that it has answered to get warm. */
  warmth = 0;

  private constructor(
    readonly name: ServerName,
    readonly port: number,
    /** Milliseconds from the start of its process until it took requests. */
    readonly startMilliseconds: number,
    private readonly child: ChildProcess,
  ) {}

  /**
   * Starts it, in production mode, and waits until it takes requests.
   * @param profile - a folder for a CPU profile
   */
  static async start(name: ServerName, settings: ServerSettings, profile?: string): Promise<Server> {
    const startedAt = performance.now();
    const child = fork(fileURLToPath(new URL(`../servers/${name}.js`, import.meta.url)), [JSON.stringify(settings)], {
      execArgv:
        profile === undefined
          ? []
          : ['--cpu-prof', `--cpu-prof-dir=${profile}`, `--cpu-prof-name=${name}-${Date.now()}.cpuprofile`],
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const [message]: [ServerMessage] | [number] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as never;
    if (typeof message === 'number' || message?.kind !== 'ready') throw new Error(`The server ${name} does not start.`);
    return new Server(name, message.port, performance.now() - startedAt, child);
  }

  /** Leaves the second core to whoever makes the load. */
  keepOnFirstCore(): void {
    keepOnCore(this.child.pid, 0);
  }

  async usage(): Promise<Usage> {
    const answer = once(this.child, 'message');
    this.child.send('usage');
    const [message]: ServerMessage[] = await answer;
    if (message?.kind !== 'usage') throw new Error(`The server ${this.name} does not say what it uses.`);
    return message;
  }

  /** Ends it with all that is under way: its own end would wait for hashes that nobody wants any more. */
  async kill(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }

  /** Nothing where it has ended. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
  }
}
