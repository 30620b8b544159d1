export { BaseUser, BaseUserWithoutId, FLAG_FIELDS, MANAGED_FIELDS, SECRET_FIELDS, type UserId } from './base-user.entity.js';
export { EMAIL_MAX_LENGTH, IsEmailAddress, normalizeEmail } from './email-address.js';
export type { Register, RegisteredUser } from './register.js';
export { UserIds } from './user-ids.js';
export { type UserClass, UserTable, type UserWithSecrets } from './user-table.js';
