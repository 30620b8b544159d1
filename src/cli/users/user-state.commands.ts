import { Command } from 'commander';
import type { CommandLine } from '../command-line.js';
import { counted, plainText } from '../plain-text.js';
import { foundUser, shownUser } from './found-user.js';

export function userDisableCommand(cli: CommandLine): Command {
  return new Command('disable')
    .description('let a user in no more, and end his sessions')
    .argument('<user>', 'address or id')
    .action((who: string, _options: object, command: Command) =>
      cli.withApp(command, async (app) => {
        const user = await foundUser(app, who);
        const email = plainText(user.email);
        const sessions = (await app.users.manager.listSessions(user)).length;
        await cli.confirm(command, `Disable ${email}, and end ${counted(sessions, 'session')}?`);
        const changed = await app.users.manager.update(user, { isActive: false });
        const value = { user: shownUser(app, changed), sessionsEnded: sessions };
        cli.answer(command, value, `${email} is disabled; ${counted(sessions, 'session')} ended.`);
      }),
    );
}

export function userEnableCommand(cli: CommandLine): Command {
  return new Command('enable')
    .description('let a user in again; his old sessions stay ended')
    .argument('<user>', 'address or id')
    .action((who: string, _options: object, command: Command) =>
      cli.withApp(command, async (app) => {
        const changed = await app.users.manager.update(await foundUser(app, who), { isActive: true });
        cli.answer(command, { user: shownUser(app, changed) }, `${plainText(changed.email)} is enabled.`);
      }),
    );
}

export function userSuperuserCommand(cli: CommandLine): Command {
  return new Command('superuser')
    .description('make a user a superuser, who may do everything')
    .argument('<user>', 'address or id')
    .option('--revoke', 'make him a plain user again')
    .action((who: string, { revoke = false }: { revoke?: boolean }, command: Command) =>
      cli.withApp(command, async (app) => {
        const changed = await app.users.manager.update(await foundUser(app, who), { isSuperuser: !revoke });
        const text = `${plainText(changed.email)} is ${revoke ? 'a plain user' : 'a superuser'}.`;
        cli.answer(command, { user: shownUser(app, changed) }, text);
      }),
    );
}
