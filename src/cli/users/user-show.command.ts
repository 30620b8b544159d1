import { Command } from 'commander';
import type { CommandLine } from '../command-line.js';
import { fieldList } from '../table.js';
import { foundUser, shownUser } from './found-user.js';

export function userShowCommand(cli: CommandLine): Command {
  return new Command('show')
    .description('show a user, and how many sessions he has')
    .argument('<user>', 'address or id')
    .action((who: string, _options: object, command: Command) =>
      cli.withApp(command, async (app) => {
        const user = await foundUser(app, who);
        const shown = { ...shownUser(app, user), sessions: (await app.users.manager.listSessions(user)).length };
        cli.answer(command, shown, fieldList(shown));
      }),
    );
}
