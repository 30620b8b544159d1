import { randomUUID } from 'node:crypto';
import type { BaseUserWithoutId } from '../model/index.js';
import type { Users } from '../setup/setup-users.js';
import type { NewUser } from '../users/index.js';

/** The password of users that {@link createUser} makes, unless told otherwise. */
export const TEST_PASSWORD = 'a long enough test password';

/**
 * Makes an active, verified user with an address of its own, by the same way as any: its hooks run.
 * @param users - what `setupUsers` answered
 * @param overrides - what is to be otherwise: `{ isSuperuser: true, firstName: 'Ada' }`; `password: null` makes one without a password
 */
export async function createUser<U extends BaseUserWithoutId>(users: Users<U>, overrides: Partial<NewUser> = {}): Promise<U> {
  return users.manager.create({
    email: `user-${randomUUID()}@example.com`,
    password: TEST_PASSWORD,
    isVerified: true,
    ...overrides,
  });
}
