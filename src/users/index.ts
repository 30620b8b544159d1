export { type AuthControllerClass, createAuthController } from './auth.controller.js';
export { Login } from './login.js';
export type { ImportedUser } from './new-user-row.js';
export type { ActingSession } from './password-check.js';
export type { NewUser } from './registration.js';
export { type ShownField, shownFields } from './shown-fields.js';
export { signInAnswers, tokensSchema } from './sign-in-answers.js';
export { UserCreate, UserUpdate } from './user.dtos.js';
export {
  DeleteUserBadCurrentPasswordError,
  LastSuperuserError,
  ReauthenticateBadPasswordError,
  RegisterInvalidPasswordError,
  RegisterUserAlreadyExistsError,
  RegistrationClosedError,
  ResetPasswordBadTokenError,
  ResetPasswordInvalidPasswordError,
  UpdateUserBadCurrentPasswordError,
  UpdateUserEmailAlreadyExistsError,
  UpdateUserInvalidPasswordError,
  VerifyUserAlreadyVerifiedError,
  VerifyUserBadTokenError,
} from './user.errors.js';
export { type UserDtos, UserFields } from './user-fields.js';
export { UserImport, type UserToImport } from './user-import.js';
export type { UserFilter } from './user-list.js';
export { type SignInOptions, UserManager } from './user-manager.js';
export { type PlainUser, UserSerializer } from './user-serializer.js';
export type { OwnChanges, UserChanges } from './user-update.js';
export { type PlainSession, UsersController } from './users.controller.js';
export { describeAuthController, describeUsersController } from './users.descriptions.js';
export { type RegistrationMode, type UserSettings, UsersContext } from './users-context.js';
