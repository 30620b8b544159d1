import { CommandFailure, EXIT_CODES } from './failures.js';
import { Progress } from './progress.js';
import { Questions } from './questions.js';

export interface TerminalStreams {
  stdin: NodeJS.ReadableStream & { isTTY?: boolean };
  stdout: NodeJS.WritableStream & { isTTY?: boolean };
  stderr: NodeJS.WritableStream & { isTTY?: boolean };
}

const MOST_INPUT_BYTES = 64 * 1024;

/** The person or the script at the other end: answers go to stdout, everything else to stderr. */
export class Terminal {
  private readonly questions: Questions;

  constructor(private readonly streams: TerminalStreams = process) {
    this.questions = new Questions(streams.stdin, streams.stderr);
  }

  /** Whether somebody is there who can answer. */
  get isInteractive(): boolean {
    return this.streams.stdin.isTTY === true && this.streams.stderr.isTTY === true;
  }

  /** Writes what was asked for. What comes from a database has to be {@link plainText} by then. */
  answer(text: string): void {
    this.streams.stdout.write(`${text}\n`);
  }

  /** Writes what a person wants to know beside. */
  note(text: string): void {
    this.streams.stderr.write(`${text}\n`);
  }

  progress(label: string, total: number | null = null): Progress {
    return new Progress(this.streams.stderr, label, total);
  }

  /** Whether the answer begins with a y. */
  async confirm(question: string): Promise<boolean> {
    return /^\s*y/i.test(await this.questions.ask(`${question} [y/N] `));
  }

  /** A password, typed twice alike and unseen. @throws {@link CommandFailure} where they differ three times */
  async askNewPassword(): Promise<string> {
    for (let tries = 0; tries < 3; tries += 1) {
      const password = await this.questions.askSecret('New password: ');
      if (password === (await this.questions.askSecret('The same again: '))) return password;
      this.note('These are two passwords. Once more:');
    }
    throw new CommandFailure('the passwords differed three times: nothing was done');
  }

  /** The first line of stdin, for `--password-stdin`. */
  async readLine(): Promise<string> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of this.streams.stdin) {
      const bytes = Buffer.from(chunk);
      size += bytes.length;
      if (size > MOST_INPUT_BYTES) throw new CommandFailure('stdin holds more than a password', EXIT_CODES.usage);
      chunks.push(bytes);
      if (bytes.includes('\n')) break;
    }
    const [line = ''] = Buffer.concat(chunks).toString('utf8').split(/\r?\n/, 1);
    return line;
  }
}
