import type { Request } from 'express';
import { clientKey } from '../http/index.js';
import type { TriedName } from '../limits/index.js';
import { type BaseUserWithoutId, normalizeEmail } from '../model/index.js';
import type { UsersContext } from './users-context.js';

/** What a person typed to be named by, in one form for all its spellings: what failures are counted by. */
function loginName(typed: string): string {
  return normalizeEmail(typed) ?? typed.normalize('NFC').trim().toLowerCase();
}

/**
 * What failures of a name are counted by. All but the address are changed without a password, so that their failures count for the account too.
 * @param user - whose name it is; for nobody's there is a second key as well, so that it takes as long
 * @param field - which of the `loginFields` it is
 */
export function triedName(
  user: BaseUserWithoutId | null,
  field: string,
  typed: string,
  loginFields: readonly string[],
): TriedName {
  const name = loginName(typed);
  if (loginFields.every((each) => each === 'email')) return { name };
  // No name has a capital letter.
  return { name, account: user === null || field === 'email' ? `NAME ${name}` : `ACCOUNT ${field} ${user.id}` };
}

/** All that a user can be named by. */
export function loginNamesOf(user: BaseUserWithoutId, loginFields: readonly string[]): TriedName[] {
  return loginFields.flatMap((field) => {
    const value: unknown = Reflect.get(user, field);
    return typeof value === 'string' ? [triedName(user, field, value, loginFields)] : [];
  });
}

/** Lets a person in from where he is, whatever tries strangers have used up, by the password that made this stamp. */
export async function letInFrom<U extends BaseUserWithoutId>(
  { passwordTries, settings }: UsersContext<U>,
  user: U,
  stamp: string,
  request: Request | undefined,
): Promise<void> {
  if (request === undefined) return;
  await passwordTries.trust({ names: loginNamesOf(user, settings.loginFields), address: clientKey(request), stamp });
}
