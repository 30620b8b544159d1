import type { UserClass } from '../model/index.js';
import { type SessionClass, sessionEntity } from '../sessions/index.js';

/**
 * The entities that the DataSource lists: the app's users, and the library's tables that belong to them.
 * @example new DataSource({ …, entities: [...usersEntities(User), Note] })
 */
export function usersEntities(user: UserClass): [UserClass, SessionClass] {
  return [user, sessionEntity(user)];
}
