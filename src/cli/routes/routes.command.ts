import { Command } from 'commander';
import type { CommandLine } from '../command-line.js';
import { EXIT_CODES } from '../failures.js';
import { counted } from '../plain-text.js';
import { table } from '../table.js';
import { type GuardedAction, guardedActions } from './guarded-action.js';

const COLUMNS = ['verb', 'path', 'who may call it', 'action'] as const;

export function routesCommand(cli: CommandLine): Command {
  return new Command('routes')
    .description('list every action of the app with what guards it')
    .option('--strict', 'end with 1 where an action has neither @Authorized nor @Public')
    .action(({ strict = false }: { strict?: boolean }, command: Command) =>
      cli.withApp(command, async ({ users, context, routing }) => {
        // Carries the guards of the library's controllers to those that extend them, as the app's own start does.
        void users.authorizationChecker;
        if (routing === null) {
          cli.terminal.note(
            'The set-up module exports no `routing`: these are all controllers that it imports, without a prefix.',
          );
        }
        const items = guardedActions(context, routing);
        const rows = items.map((item) => [item.verb, item.path, callersOf(item), `${item.controller}.${item.method}`]);
        cli.answer(command, { items }, table(COLUMNS, rows));
        const open = items.filter(({ guard }) => guard === 'none').length;
        if (open === 0) return;
        cli.terminal.note(
          `${counted(open, 'action')} without a guard: write @Authorized() above it, or @Public() where all may call it.`,
        );
        if (strict) cli.exitCode = EXIT_CODES.failed;
      }),
    );
}

function callersOf({ guard, roles }: GuardedAction): string {
  if (guard === 'authorized') return roles === null || roles.length === 0 ? 'signed in' : roles.join(' and ');
  return { public: 'everybody', library: 'everybody (library)', none: 'EVERYBODY, UNMARKED' }[guard];
}
