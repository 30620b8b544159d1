import { Command } from 'commander';
import { asSent, declaredFields, readDto } from '../../http/index.js';
import type { NewUser } from '../../users/index.js';
import type { CommandLine } from '../command-line.js';
import { CommandFailure, EXIT_CODES } from '../failures.js';
import type { CommandApp } from '../setup-module.js';
import { fieldList } from '../table.js';
import { readFields } from './field-values.js';
import { shownUser } from './found-user.js';
import { type PasswordOptions, readNewPassword } from './password-input.js';

interface CreateOptions extends PasswordOptions {
  superuser?: boolean;
  verified?: boolean;
  inactive?: boolean;
  invite?: boolean;
  set: string[];
}

export function userCreateCommand(cli: CommandLine): Command {
  return new Command('create')
    .description('make a user; the password is asked for unless told otherwise')
    .argument('<email>', "the user's address")
    .option('--superuser', 'who may do everything')
    .option('--verified', 'whose address is known to be his')
    .option('--inactive', 'who cannot sign in until `user enable`')
    .option('--set <name=value>', "a field of the app's own; may be repeated", collect, [])
    .option('--password-stdin', 'take the password from the first line of stdin')
    .option('--invite', 'set no password: @OnInvite gets a token by which the user chooses one')
    .action(async (email: string, options: CreateOptions, command: Command) => {
      if (options.invite === true && options.passwordStdin === true)
        throw new CommandFailure('--invite and --password-stdin: one of the two', EXIT_CODES.usage);
      await cli.withApp(command, async (app) => {
        const user = await app.users.manager.create(await newUser(cli, app, email, options));
        const plain = shownUser(app, user);
        cli.answer(command, plain, fieldList(plain));
        if (options.invite === true) cli.terminal.note('@OnInvite has the token of the invitation.');
      });
    });
}

/** What a superuser could send by `POST /users` has to pass the same rules; the app's other columns are set as they are. */
async function newUser(cli: CommandLine, app: CommandApp, email: string, options: CreateOptions): Promise<NewUser> {
  const { context } = app;
  const fields = readFields(context, options.set);
  const flags = {
    isSuperuser: options.superuser ?? false,
    isVerified: options.verified ?? false,
    isActive: options.inactive !== true,
  };
  const { createBySuperuser, superuserReading } = context.fields;
  const body = asSent(createBySuperuser, { email, ...fields, ...flags });
  await readDto(createBySuperuser, body, superuserReading);
  if (options.invite === true && !context.hooks.has('invite')) {
    throw new CommandFailure('nobody would get the invitation: add an @OnInvite() method that mails it, or leave --invite out');
  }
  const password = options.invite === true ? null : await readNewPassword(cli.terminal, options);
  const read = await readDto(createBySuperuser, password === null ? body : { ...body, password }, superuserReading);
  const declared = declaredFields(createBySuperuser);
  const others = Object.entries(fields).filter(([name]) => !declared.has(name));
  return { ...Object.fromEntries(others), ...read, email: read.email };
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}
