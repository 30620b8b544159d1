import { Command } from 'commander';
import type { CommandLine } from '../command-line.js';
import { userCreateCommand } from './user-create.command.js';
import { userDeleteCommand } from './user-delete.command.js';
import { userListCommand } from './user-list.command.js';
import { userPasswordCommand } from './user-password.command.js';
import { userShowCommand } from './user-show.command.js';
import { userDisableCommand, userEnableCommand, userSuperuserCommand } from './user-state.commands.js';

const commands = [
  userCreateCommand,
  userListCommand,
  userShowCommand,
  userDisableCommand,
  userEnableCommand,
  userDeleteCommand,
  userPasswordCommand,
  userSuperuserCommand,
];

/** Users by the app's UserManager: its rules and hooks hold, without a request. */
export function userCommand(cli: CommandLine): Command {
  const group = new Command('user').description('make, find and change users');
  for (const command of commands) group.addCommand(command(cli));
  return group;
}
