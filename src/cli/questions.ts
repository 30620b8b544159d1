import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import { CommandFailure, EXIT_CODES } from './failures.js';

interface Asker {
  resolve(line: string): void;
  reject(error: unknown): void;
}

/**
 * Questions at a terminal. One reader serves them all, so that what is typed ahead is not lost; it echoes while an open question
 * waits for its answer, and never a password.
 */
export class Questions {
  private reader: Interface | null = null;
  private echoes = false;
  private readonly typedAhead: string[] = [];
  private asker: Asker | null = null;
  private isOver = false;

  constructor(
    private readonly input: NodeJS.ReadableStream,
    private readonly output: NodeJS.WritableStream,
  ) {}

  /** @throws {@link CommandFailure} at Ctrl-C or where the input ends */
  async ask(question: string): Promise<string> {
    this.open();
    this.output.write(question);
    this.echoes = true;
    return this.nextLine();
  }

  /** The same without an echo. */
  async askSecret(question: string): Promise<string> {
    this.open();
    this.output.write(question);
    this.echoes = false;
    const line = await this.nextLine();
    this.output.write('\n');
    return line;
  }

  private async nextLine(): Promise<string> {
    const waiting = this.typedAhead.shift();
    if (waiting !== undefined) return waiting;
    if (this.isOver) throw cancelled();
    try {
      return await new Promise<string>((resolve, reject) => {
        this.asker = { resolve, reject };
      });
    } finally {
      this.asker = null;
      this.echoes = false;
    }
  }

  private open(): void {
    if (this.reader !== null) return;
    const echo = new Writable({
      write: (chunk, _encoding, written) => {
        if (this.echoes) this.output.write(chunk);
        written();
      },
    });
    const reader = createInterface({ input: this.input, output: echo, terminal: true, historySize: 0 });
    this.reader = reader;
    reader.on('line', (line) => {
      const asker = this.asker;
      // At once, since the next line may come with the same bytes.
      this.asker = null;
      if (asker === null) this.typedAhead.push(line);
      else asker.resolve(line);
    });
    // The reader has the terminal in raw mode, where Ctrl-C is a letter: between questions it has to end the work as ever.
    reader.on('SIGINT', () => {
      if (this.asker === null) process.kill(process.pid, 'SIGINT');
      else this.asker.reject(cancelled());
    });
    reader.on('close', () => {
      this.isOver = true;
      this.asker?.reject(cancelled());
    });
  }
}

function cancelled(): CommandFailure {
  return new CommandFailure('cancelled: nothing was done', EXIT_CODES.interrupted);
}
