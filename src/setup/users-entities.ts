import { getMetadataArgsStorage } from 'typeorm';
import type { UserClass } from '../model/index.js';
import { UsersSetupError } from '../runtime/setup-error.js';
import { type SessionClass, sessionEntity } from '../sessions/index.js';

/**
 * The entities that the DataSource lists: the app's users, and the library's tables that belong to them.
 * @throws {@link UsersSetupError} for a class without `@Entity()`, of which TypeORM would say that the sessions have a wrong relation
 * @example new DataSource({ …, entities: [...usersEntities(User), Note] })
 */
export function usersEntities(user: UserClass): [UserClass, SessionClass] {
  const fault = faultOf(user);
  if (fault !== undefined) throw new UsersSetupError([fault]);
  return [user, sessionEntity(user)];
}

function faultOf(user: UserClass | undefined): string | undefined {
  if (user === undefined)
    return 'usersEntities() got undefined: give it your entity class. Where you did, a circle of imports leaves it undefined: the file of the entity must not import that of the DataSource';
  const isEntity = getMetadataArgsStorage().tables.some(({ target }) => target === user);
  return isEntity ? undefined : `${user.name} is no entity: decorate the class with @Entity('users')`;
}
