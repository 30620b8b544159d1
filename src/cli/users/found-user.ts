import type { BaseUserWithoutId } from '../../model/index.js';
import { type PlainUser, UserSerializer } from '../../users/index.js';
import { CommandFailure } from '../failures.js';
import { plainText } from '../plain-text.js';
import type { CommandApp } from '../setup-module.js';

/** @throws {@link CommandFailure} where nobody has this address or id */
export async function foundUser({ users }: CommandApp, who: string): Promise<BaseUserWithoutId> {
  const user = (who.includes('@') ? await users.manager.findByEmail(who) : null) ?? (await users.manager.findById(who));
  if (user === null) throw new CommandFailure(`there is no user ${plainText(who)}`);
  return user;
}

/** What is shown of a user: what the routes of administration show. */
export function shownUser({ context }: CommandApp, user: BaseUserWithoutId): PlainUser {
  return new UserSerializer(context.table, context.fields).toPlain(user);
}
