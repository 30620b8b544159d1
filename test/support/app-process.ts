import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { ConnectionOptions } from './databases.js';
import { HttpClient } from './http-client.js';
import { SignInClient } from './sign-in-client.js';

/** What a process of its own is told to serve. */
export interface AppProcessSettings {
  database: ConnectionOptions;
  /** Whether it makes the tables. */
  synchronize: boolean;
  /** Turns the backends `redis` and `redis-cookie` on. */
  redis?: { url: string; prefix: string };
}

/** An app in a process of its own, with the real clock: its server is that of `SignInApp`. */
export class AppProcess extends SignInClient {
  private constructor(
    private readonly child: ChildProcess,
    http: HttpClient,
  ) {
    super(http, 'jwt');
  }

  static async start(settings: AppProcessSettings): Promise<AppProcess> {
    const child = fork(new URL('app-process-main.js', import.meta.url), [JSON.stringify(settings)]);
    const url = await Promise.race([
      once(child, 'message').then(([message]) => String(message)),
      once(child, 'exit').then(([code]) => Promise.reject(new Error(`the app ended at start with ${code}`))),
    ]);
    return new AppProcess(child, new HttpClient(url));
  }

  /** Whether it still runs: no error of a lost connection has ended it. */
  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Ends it as a power cut does. */
  kill(): Promise<void> {
    return this.end('SIGKILL');
  }

  stop(): Promise<void> {
    return this.end('SIGTERM');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    this.http.close();
    if (!this.isAlive) return;
    const exited = once(this.child, 'exit');
    this.child.kill(signal);
    await exited;
  }
}
