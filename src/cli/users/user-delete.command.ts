import { Command } from 'commander';
import type { CommandLine } from '../command-line.js';
import { plainText } from '../plain-text.js';
import { foundUser, shownUser } from './found-user.js';

export function userDeleteCommand(cli: CommandLine): Command {
  return new Command('delete')
    .description('delete a user, with his sessions and whatever the database deletes along')
    .argument('<user>', 'address or id')
    .action((who: string, _options: object, command: Command) =>
      cli.withApp(command, async (app) => {
        const user = await foundUser(app, who);
        const email = plainText(user.email);
        await cli.confirm(command, `Delete ${email} for good?`);
        await app.users.manager.delete(user);
        cli.answer(command, { user: shownUser(app, user) }, `${email} is deleted.`);
      }),
    );
}
