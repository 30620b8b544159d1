import type { UsersOptions } from '../../src/index.js';
import type { Member } from './member.entity.js';
import { SignInApp } from './sign-in-app.js';

/** What the set-up says of options; empty where it takes them. */
export async function setupFaults(options: Partial<UsersOptions<Member>>): Promise<string> {
  let app: SignInApp | undefined;
  try {
    app = await SignInApp.start({ type: 'better-sqlite3', database: ':memory:', enableWAL: true }, options);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await app?.close();
  }
}
