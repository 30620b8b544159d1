import { Command, InvalidArgumentError } from 'commander';
import type { UserFilter } from '../../users/index.js';
import type { CommandLine } from '../command-line.js';
import { tableOf } from '../table.js';
import { shownUser } from './found-user.js';

interface ListOptions {
  search?: string;
  active?: boolean;
  inactive?: boolean;
  verified?: boolean;
  unverified?: boolean;
  superusers?: boolean;
  limit: number;
  cursor?: string;
}

const COLUMNS = ['id', 'email', 'isActive', 'isVerified', 'isSuperuser', 'createdAt'] as const;

export function userListCommand(cli: CommandLine): Command {
  return new Command('list')
    .description('list users, newest first')
    .option('--search <start>', 'whose address begins so')
    .option('--active', 'who can sign in')
    .option('--inactive', 'who cannot')
    .option('--verified', 'whose address is verified')
    .option('--unverified', 'whose address is not')
    .option('--superusers', 'who may do everything')
    .option('--limit <number>', 'how many, 1 to 100', readLimit, 20)
    .option('--cursor <cursor>', 'go on where the page before ended: its `nextCursor`')
    .action((options: ListOptions, command: Command) =>
      cli.withApp(command, async (app) => {
        const { items, nextCursor } = await app.users.manager.list(filterOf(options));
        const plain = items.map((user) => shownUser(app, user));
        cli.answer(command, { items: plain, nextCursor }, tableOf(COLUMNS, plain));
        if (nextCursor !== null && cli.options(command).json !== true) cli.terminal.note(`More: --cursor ${nextCursor}`);
      }),
    );
}

function filterOf({ search, active, inactive, verified, unverified, superusers, limit, cursor }: ListOptions): UserFilter {
  const isActive = either(active, inactive);
  const isVerified = either(verified, unverified);
  return {
    limit,
    ...(cursor === undefined ? {} : { cursor }),
    ...(search === undefined ? {} : { search }),
    ...(isActive === undefined ? {} : { isActive }),
    ...(isVerified === undefined ? {} : { isVerified }),
    ...(superusers === true ? { isSuperuser: true } : {}),
  };
}

/** Both or none of the two are no filter. */
function either(yes = false, no = false): boolean | undefined {
  return yes === no ? undefined : yes;
}

function readLimit(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) throw new InvalidArgumentError('It is a whole number from 1 to 100.');
  return limit;
}
