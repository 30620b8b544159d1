import { Command } from 'commander';
import type { CommandLine } from '../command-line.js';
import { CommandFailure } from '../failures.js';
import { counted, plainText } from '../plain-text.js';
import { tableOf } from '../table.js';
import { foundUser } from '../users/found-user.js';

const COLUMNS = ['id', 'backend', 'createdAt', 'lastSeenAt', 'expiresAt', 'ip', 'userAgent'] as const;

export function sessionsCommand(cli: CommandLine): Command {
  return new Command('sessions')
    .description('list, end and clean up sessions')
    .addCommand(sessionsListCommand(cli))
    .addCommand(sessionsEndCommand(cli))
    .addCommand(sessionsPruneCommand(cli));
}

function sessionsListCommand(cli: CommandLine): Command {
  return new Command('list')
    .description("list a user's sessions, newest first")
    .argument('<user>', 'address or id')
    .action((who: string, _options: object, command: Command) =>
      cli.withApp(command, async (app) => {
        const sessions = await app.users.manager.listSessions(await foundUser(app, who));
        const items = sessions.map((session) => Object.fromEntries(COLUMNS.map((name) => [name, session[name]])));
        cli.answer(command, { items }, tableOf(COLUMNS, items));
      }),
    );
}

function sessionsEndCommand(cli: CommandLine): Command {
  return new Command('end')
    .description("end a user's sessions, from the next request on")
    .argument('<user>', 'address or id')
    .option('--session <id>', 'this one alone')
    .action((who: string, { session }: { session?: string }, command: Command) =>
      cli.withApp(command, async (app) => {
        const { manager } = app.users;
        const user = await foundUser(app, who);
        const email = plainText(user.email);
        await cli.confirm(command, session === undefined ? `End all sessions of ${email}?` : `End this session of ${email}?`);
        if (session !== undefined && !(await manager.endSession(user, session)))
          throw new CommandFailure(`${email} has no session ${plainText(session)}`);
        const ended = session === undefined ? await manager.endSessions(user) : 1;
        cli.answer(command, { sessionsEnded: ended }, `${counted(ended, 'session')} of ${email} ended.`);
      }),
    );
}

function sessionsPruneCommand(cli: CommandLine): Command {
  return new Command('prune')
    .description('remove sessions that have expired, in small batches; nobody is signed out by it')
    .action((_options: object, command: Command) =>
      cli.withApp(command, async ({ context }) => {
        // What `manager.pruneSessions` does, batch by batch, to tell how far it is.
        const progress = cli.terminal.progress('expired sessions');
        let removed = 0;
        for (let batch = await context.sessions.prune(1); batch > 0; batch = await context.sessions.prune(1)) {
          removed += batch;
          progress.update(removed);
        }
        progress.end();
        cli.answer(command, { removed }, `${counted(removed, 'expired session')} removed.`);
      }),
    );
}
