import type { Request } from 'express';
import { clientKey } from '../http/index.js';
import { type BaseUserWithoutId, normalizeEmail } from '../model/index.js';
import type { UsersContext } from './users-context.js';

/** What a person typed to be named by, in one form for all its spellings: what failures are counted by. */
export function loginName(typed: string): string {
  return normalizeEmail(typed) ?? typed.normalize('NFC').trim().toLowerCase();
}

/** All that a user can be named by, as {@link loginName} gives it. */
export function loginNamesOf(user: BaseUserWithoutId, loginFields: readonly string[]): string[] {
  return loginFields
    .map((field): unknown => Reflect.get(user, field))
    .filter((value) => typeof value === 'string')
    .map(loginName);
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
