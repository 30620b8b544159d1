import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../support/free-port.js';

const MAIN = fileURLToPath(new URL('../../example/main.js', import.meta.url));
const LONGEST_WAIT_MS = 25_000;

export type Environment = Record<string, string>;

export interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

export interface Question {
  body?: unknown;
  token?: string;
  headers?: Record<string, string>;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
  output: string;
}

/** The compiled example as a process of its own, with a port, a data folder and an environment that are nobody else's. */
export class ExampleServer {
  output = '';
  private child?: ChildProcess;

  private constructor(
    readonly folder: string,
    readonly port: number,
    private readonly environment: Environment,
  ) {}

  static async make(environment: Environment = {}): Promise<ExampleServer> {
    return new ExampleServer(await mkdtemp(join(tmpdir(), 'example-')), await freePort(), environment);
  }

  /** Starts one that is ready. */
  static async start(environment: Environment = {}): Promise<ExampleServer> {
    const server = await ExampleServer.make(environment);
    try {
      await server.start();
      return server;
    } catch (error) {
      await server.remove();
      throw error;
    }
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts it, again too, and waits until it answers. */
  async start(): Promise<void> {
    const child = this.spawn();
    await eventually(async () => {
      if (child.exitCode !== null) throw new Error(`the example ended with ${child.exitCode}:\n${this.output}`);
      return this.output.includes('Listening on');
    });
  }

  /** Starts it and waits for its end. */
  async exit(): Promise<Exit> {
    return this.endOf(this.spawn());
  }

  /** Sends a signal and waits for the end. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
    if (this.child === undefined) throw new Error('the example is not running');
    const end = this.endOf(this.child);
    this.child.kill(signal);
    return end;
  }

  /** Ends it whatever it does, and removes its folder. */
  async remove(): Promise<void> {
    if (this.child?.exitCode === null && this.child.signalCode === null) await this.stop('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }

  async ask(method: string, path: string, { body, token, ...options }: Question = {}): Promise<Answer> {
    const headers: Record<string, string> = { ...options.headers };
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    if (token !== undefined) headers.Authorization = `Bearer ${token}`;
    const response = await fetch(this.url + path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '') && text !== '';
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : {} };
  }

  async register(email: string, password: string): Promise<Answer> {
    return this.ask('POST', '/users/register', { body: { email, password } });
  }

  async signIn(username: string, password: string): Promise<string> {
    const { status, body } = await this.ask('POST', '/users/login', { body: { username, password } });
    if (status !== 200) throw new Error(`login of ${username} was answered ${status} ${String(body.code)}`);
    return String(body.access_token);
  }

  /** What it holds in memory at present. */
  async memoryKilobytes(): Promise<number> {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(this.child?.pid)]);
    return Number(stdout);
  }

  /** The mails to an address so far, as texts, oldest first. */
  async mailsTo(email: string): Promise<string[]> {
    const folder = join(this.folder, 'data/mails');
    const files = await readdir(folder).catch(() => []);
    const mails = await Promise.all(files.sort().map((file) => readFile(join(folder, file), 'utf8')));
    return mails.filter((mail) => mail.includes(`\nTo: ${email}\n`));
  }

  /** The token of the latest mail of a subject, which may still be on its way. */
  async tokenFor(email: string, subject: string): Promise<string> {
    let token: string | undefined;
    await eventually(async () => {
      const mail = (await this.mailsTo(email)).findLast((text) => text.includes(`\nSubject: ${subject}\n`));
      token = mail?.match(/\?token=(\S+)/)?.[1];
      return token !== undefined;
    });
    return decodeURIComponent(token ?? '');
  }

  private spawn(): ChildProcess {
    this.output = '';
    const { PATH = '', HOME = '' } = process.env;
    const env = { PATH, HOME, PORT: String(this.port), ...this.environment };
    const child = spawn(process.execPath, ['--enable-source-maps', MAIN], {
      cwd: this.folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
    this.child = child;
    return child;
  }

  private async endOf(child: ChildProcess): Promise<Exit> {
    if (child.exitCode === null && child.signalCode === null)
      await once(child, 'close', { signal: AbortSignal.timeout(LONGEST_WAIT_MS) });
    return { code: child.exitCode, signal: child.signalCode, output: this.output };
  }
}

/** Waits until a condition holds. */
export async function eventually(condition: () => Promise<boolean>, longestMs = LONGEST_WAIT_MS): Promise<void> {
  const end = Date.now() + longestMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`it did not happen within ${longestMs} ms`);
    await sleep(25);
  }
}
