import type { Response } from 'express';
import type { BaseUserWithoutId } from '../model/index.js';
import { contextOf } from '../setup/context-of.js';
import type { Users } from '../setup/setup-users.js';
import type { UsersContext } from '../users/index.js';

/** What a request carries to be signed in: `authorization` or `cookie`. As it is, `fetch` takes it. */
export interface SignedInHeaders {
  [header: string]: string;
}

/**
 * Signs a user in without a password and without a request: a session like any other, that logout and a changed password end.
 * @param users - what `setupUsers` answered
 * @param options - `backend`: the name of one. @defaultValue the first
 * @returns the headers of a signed-in request: `authorization`, or `cookie`
 */
export async function signIn<U extends BaseUserWithoutId>(
  users: Users<U>,
  user: U,
  options: { backend?: string } = {},
): Promise<SignedInHeaders> {
  const context = contextOf(users);
  const backend = context.backend(options.backend);
  const found = await context.table.findWithSecrets({ id: user.id });
  if (found === null) throw new Error(`there is no user with the id ${user.id}`);
  const facts = { backend: backend.name, amr: ['pwd'], ip: null, userAgent: null };
  const session = context.sessions.draft(user.id, found.secrets.securityStamp, facts);
  const written = await backend.strategy.writeToken(found.user, session);
  const accessToken = typeof written === 'string' ? written : written.token;
  return headersOf(accessToken, backend);
}

/** Lets the transport put the token on an answer that only keeps its headers, and turns them around. */
function headersOf<U extends BaseUserWithoutId>(
  accessToken: string,
  { name, transport }: ReturnType<UsersContext<U>['backend']>,
): SignedInHeaders {
  const cookies: string[] = [];
  const response = {
    append: (header: string, value: string) => header.toLowerCase() === 'set-cookie' && cookies.push(value),
    setHeader: () => response,
  };
  const tokens = { accessToken, expiresIn: null, refreshToken: null, sessionLifetimeSeconds: null };
  const body = transport.sendLogin(response as unknown as Response, tokens);
  if (cookies.length > 0) return { cookie: cookies.map((cookie) => cookie.split(';', 1)[0] ?? '').join('; ') };
  if (body !== undefined && 'access_token' in body) return { authorization: `Bearer ${accessToken}` };
  throw new Error(
    `the transport of backend "${name}" is neither a bearer's nor a cookie's: put the token on the request yourself`,
  );
}
