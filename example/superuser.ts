import {
  RegisterInvalidPasswordError,
  RegisterUserAlreadyExistsError,
  type UserManager,
  ValidationError,
} from 'routing-controllers-users';
import type { Settings } from './settings.js';
import type { User } from './user.entity.js';
import { WrongSettingsError } from './wrong-settings.error.js';

/** Makes the first superuser, where there is no user of that address. One who is there stays as he is, password and all. */
export async function makeSuperuser(users: UserManager<User>, superuser: Settings['superuser']): Promise<void> {
  if (superuser === undefined || (await users.findByEmail(superuser.email)) !== null) return;
  try {
    await users.create({ ...superuser, isSuperuser: true, isVerified: true });
  } catch (error) {
    // Another process that started at the same time has made him.
    if (error instanceof RegisterUserAlreadyExistsError) return;
    if (error instanceof RegisterInvalidPasswordError)
      throw new WrongSettingsError([`SUPERUSER_PASSWORD is refused: ${error.reason}`]);
    if (error instanceof ValidationError) throw new WrongSettingsError(['SUPERUSER_EMAIL must be an e-mail address']);
    throw error;
  }
}
