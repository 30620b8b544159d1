import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { CommandLine, type CommonOptions } from './command-line.js';
import { doctorCommand } from './doctor/doctor.command.js';
import { EXIT_CODES, type ExitCode, reportOf } from './failures.js';
import { importCommand } from './import/import.command.js';
import { plainText } from './plain-text.js';
import { routesCommand } from './routes/routes.command.js';
import { secretCommand } from './secret.command.js';
import { sessionsCommand } from './sessions/sessions.command.js';
import type { Terminal } from './terminal.js';
import { userCommand } from './users/user.command.js';

/*
 * A command is a file `<name>.command.ts` with a function `<name>Command(cli: CommandLine): Command` that answers a Command of commander,
 * listed in `commands` below. Its action
 *   - opens the app by `cli.withApp(command, async ({ users, context }) => …)`: commander hands the command itself in as the last argument;
 *   - gives its result once, by `cli.answer(command, value, text)`: the value is the output of `--json`, the text is for a person;
 *   - asks by `cli.confirm(command, question)` before what cannot be undone, and shows long work by `cli.terminal.progress(label, total)`;
 *   - throws a CommandFailure, or lets any other error through; `cli.exitCode` is for a run that came to its end and found a fault.
 * `--setup`, `--json`, `--yes` and `--debug` belong to every command, and are read by `cli.options(command)`.
 */
const commands = [userCommand, sessionsCommand, importCommand, routesCommand, doctorCommand, secretCommand];

/**
 * Runs one command.
 * @param args - without the program's own name
 * @returns what the process is to end with; everything is told by then
 */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const cli = new CommandLine(terminal);
  const program = programOf(cli, ownVersion());
  try {
    await program.parseAsync(args, { from: 'user' });
    return cli.exitCode;
  } catch (error) {
    // Commander has told what is wrong by now, or given its help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.done : EXIT_CODES.usage;
    const { message, exitCode, trace } = reportOf(error);
    terminal.note(`rcu: ${plainLines(message)}`);
    const isDebugging = program.opts<CommonOptions>().debug === true;
    if (trace !== null) terminal.note(isDebugging ? plainLines(trace) : 'Where it came from is shown by --debug.');
    return exitCode;
  }
}

/** The program with all its commands and options. */
export function programOf(cli: CommandLine, version: string): Command {
  const { terminal } = cli;
  const program = new Command('rcu')
    .description("Looks after the users of an app on routing-controllers-users, by the app's own set-up.")
    .version(version, '-V, --version', 'show the version')
    .option('-s, --setup <file>', "the app's compiled module that exports what `setupUsers` answered: `users`, or its default")
    .option('--json', 'answer in JSON, alone on stdout')
    .option('-y, --yes', 'do not ask before what cannot be undone')
    .option('--debug', 'show where an unexpected failure came from')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => terminal.answer(text.trimEnd()),
      writeErr: (text) => terminal.note(text.trimEnd()),
      // commander has its hint on a line of its own.
      outputError: (text, write) =>
        write(
          plainText(
            text
              .replace(/^error: /, 'rcu: ')
              .replace(/\n(?=\(Did you mean )/, ' ')
              .trimEnd(),
          ),
        ),
    })
    .showHelpAfterError('(--help shows what there is)')
    .helpCommand(false)
    .exitOverride();
  for (const command of commands) program.addCommand(command(cli));
  for (const command of program.commands.flatMap(withSubcommands)) command.copyInheritedSettings(program);
  return program;
}

function plainLines(text: string): string {
  return text.split('\n').map(plainText).join('\n');
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

function ownVersion(): string {
  const { version }: { version?: unknown } = createRequire(import.meta.url)('routing-controllers-users/package.json');
  return String(version);
}
