import type { Command } from 'commander';
import { CommandFailure, EXIT_CODES, type ExitCode } from './failures.js';
import { safeJson } from './plain-text.js';
import { type CommandApp, closeApp, openApp } from './setup-module.js';
import type { Terminal } from './terminal.js';

/** Options that every command takes. */
export interface CommonOptions {
  /** The module that sets the app up. */
  setup?: string;
  json?: boolean;
  yes?: boolean;
  debug?: boolean;
}

/** What commands share: the terminal, the app, and the way in which answers, questions and exit codes are given. */
export class CommandLine {
  /** What the process ends with when the command came to its end. `doctor` and others set it where they found a fault. */
  exitCode: ExitCode = EXIT_CODES.done;

  constructor(readonly terminal: Terminal) {}

  options(command: Command): CommonOptions {
    return command.optsWithGlobals<CommonOptions>();
  }

  /**
   * Opens the app of `--setup` for the time of the work, and closes it in any case.
   * @throws {@link CommandFailure} where there is no such app
   */
  async withApp<T>(command: Command, work: (app: CommandApp) => Promise<T>): Promise<T> {
    const app = await openApp(this.setupFile(command));
    try {
      return await work(app);
    } finally {
      await closeApp(app);
    }
  }

  /** @throws {@link CommandFailure} where none is named */
  setupFile(command: Command): string {
    const { setup } = this.options(command);
    if (setup !== undefined) return setup;
    throw new CommandFailure(
      "name the module that sets the app's users up: -s dist/users.js, which exports what `setupUsers` answered",
      EXIT_CODES.usage,
    );
  }

  /**
   * Gives the answer: the value where `--json` asks for it, else the text.
   * @param text - for a person, made by `table`, `fieldList` or of `plainText`
   */
  answer(command: Command, value: unknown, text: string): void {
    this.terminal.answer(this.options(command).json === true ? safeJson(value) : text);
  }

  /**
   * Asks before what cannot be undone; `--yes` answers beforehand.
   * @throws {@link CommandFailure} where nobody is there to answer, or the answer is no
   */
  async confirm(command: Command, question: string): Promise<void> {
    if (this.options(command).yes === true) return;
    if (!this.terminal.isInteractive) {
      throw new CommandFailure('this cannot be undone and nobody is here to be asked: add --yes', EXIT_CODES.usage);
    }
    if (!(await this.terminal.confirm(question))) throw new CommandFailure('nothing was done');
  }
}
