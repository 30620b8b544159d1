import { Command } from 'commander';
import { systemRandomness } from '../runtime/randomness.js';
import type { CommandLine } from './command-line.js';

const SECRET_BYTES = 32;

/** Makes a value for `secret`. It is the one command whose answer is a secret: it is nobody's yet. */
export function secretCommand(cli: CommandLine): Command {
  return new Command('secret')
    .description('make a new value for the option `secret`')
    .action((_options: object, command: Command) => {
      const secret = systemRandomness.bytes(SECRET_BYTES).toString('base64url');
      cli.answer(command, { secret }, secret);
    });
}
