import { type ChildProcess, spawn } from 'node:child_process';
import { Console } from 'node:console';
import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { useContainer } from 'routing-controllers';
import { containerPerApp } from '../../../src/index.js';
import { AppSettings } from './app-settings.js';

const dist = (file: string): string => new URL(`../../../../dist/cli/${file}`, import.meta.url).href;
const PROGRAM = fileURLToPath(dist('main.js'));
export const SET_UP = fileURLToPath(new URL('set-up.js', import.meta.url));

export interface CliRun {
  exitCode: number | null;
  stdout: string;
  stderr: string;
  /** What stdout holds, where it is JSON and nothing else; else undefined. */
  json: unknown;
}

export interface CliSurroundings {
  /** The app of the set-up module; without it no `-s` is given. */
  app?: AppSettings;
  input?: string;
  environment?: NodeJS.ProcessEnv;
  /** Closes stdout before anything comes, as `head` does in the end. */
  readsNothing?: boolean;
}

/** Runs the built command line in a process of its own, in pipes, as a script does. */
export async function runCli(args: readonly string[], surroundings: CliSurroundings = {}): Promise<CliRun> {
  const child = spawn(process.execPath, [PROGRAM, ...args, ...setUpOf(surroundings)], { env: environmentOf(surroundings) });
  child.stdin.on('error', () => {});
  child.stdin.end(surroundings.input ?? '');
  if (surroundings.readsNothing === true) child.stdout.destroy();
  return finished(child);
}

/** Runs the same in this process, which saves its start. */
export async function runCliHere(args: readonly string[], surroundings: CliSurroundings = {}): Promise<CliRun> {
  const { runCommandLine, Terminal }: typeof import('../../../src/cli/index.js') = await import(dist('index.js'));
  const streams = { stdin: Readable.from([surroundings.input ?? '']), stdout: new PassThrough(), stderr: new PassThrough() };
  const environment = process.env;
  const console = globalThis.console;
  process.env = environmentOf(surroundings);
  globalThis.console = new Console(streams.stderr, streams.stderr);
  try {
    const exitCode = await runCommandLine([...args, ...setUpOf(surroundings)], new Terminal(streams));
    return runOf(exitCode, textIn(streams.stdout), textIn(streams.stderr));
  } finally {
    globalThis.console = console;
    process.env = environment;
    // It is routing-controllers' one setting for the whole process, and the set-up module's own.
    useContainer(containerPerApp);
  }
}

/**
 * Runs it in a terminal of its own, which util-linux' `script` makes.
 * @param typed - what the person types, each text once the output so far ends with the question before it
 */
export async function typeToCli(
  args: readonly string[],
  typed: readonly { at: string; text: string }[],
  surroundings: CliSurroundings = {},
): Promise<CliRun> {
  const command = [process.execPath, PROGRAM, ...args, ...setUpOf(surroundings)].map((part) => `'${part}'`).join(' ');
  const child = spawn('script', ['-qec', command, '/dev/null'], { env: environmentOf(surroundings) });
  child.stdin.on('error', () => {});
  const waiting = [...typed];
  let seen = '';
  child.stdout.on('data', (chunk: Buffer) => {
    seen += chunk.toString('utf8');
    const next = waiting[0];
    if (next === undefined || !seen.includes(next.at)) return;
    waiting.shift();
    seen = '';
    child.stdin.write(next.text);
  });
  return finished(child);
}

function setUpOf({ app }: CliSurroundings): string[] {
  return app === undefined ? [] : ['-s', SET_UP];
}

function environmentOf({ app, environment = {} }: CliSurroundings): NodeJS.ProcessEnv {
  const { NODE_ENV: _environment, ...inherited } = process.env;
  return { ...inherited, ...(app === undefined ? {} : AppSettings.toEnvironment(app)), ...environment };
}

async function finished(child: ChildProcess): Promise<CliRun> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  await once(child, 'close');
  return runOf(child.exitCode, stdout, stderr);
}

function runOf(exitCode: number | null, stdout: string, stderr: string): CliRun {
  return { exitCode, stdout, stderr, json: parsed(stdout) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textIn(stream: PassThrough): string {
  return String(stream.read() ?? '');
}
