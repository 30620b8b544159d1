import { Command } from 'commander';
import type { CommandLine } from '../command-line.js';
import { counted, plainText } from '../plain-text.js';
import { foundUser, shownUser } from './found-user.js';
import { type PasswordOptions, readNewPassword } from './password-input.js';

export function userPasswordCommand(cli: CommandLine): Command {
  return new Command('password')
    .description('set a new password, and end all sessions')
    .argument('<user>', 'address or id')
    .option('--password-stdin', 'take the password from the first line of stdin')
    .action((who: string, options: PasswordOptions, command: Command) =>
      cli.withApp(command, async (app) => {
        const { manager } = app.users;
        const user = await foundUser(app, who);
        const password = await readNewPassword(cli.terminal, options);
        const sessions = (await manager.listSessions(user)).length;
        const changed = await manager.setPassword(user, password);
        const value = { user: shownUser(app, changed), sessionsEnded: sessions };
        cli.answer(command, value, `${plainText(changed.email)} has a new password; ${counted(sessions, 'session')} ended.`);
      }),
    );
}
