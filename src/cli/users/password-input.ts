import { CommandFailure, EXIT_CODES } from '../failures.js';
import type { Terminal } from '../terminal.js';

export interface PasswordOptions {
  passwordStdin?: boolean;
}

/**
 * A new password: asked for twice without an echo, or the first line of stdin. Never an argument, which the shell's history and every process
 * list would keep.
 * @throws {@link CommandFailure} where nobody is there to be asked
 */
export async function readNewPassword(terminal: Terminal, { passwordStdin = false }: PasswordOptions): Promise<string> {
  // Also with `--password-stdin`, where a terminal would show what is typed.
  if (terminal.isInteractive) return terminal.askNewPassword();
  if (passwordStdin) return terminal.readLine();
  throw new CommandFailure('nobody is here to be asked for a password: add --password-stdin and send it there', EXIT_CODES.usage);
}
