import 'reflect-metadata';

export type {
  AccessToken,
  AuthenticationStrategy,
  AuthenticationTransport,
  CookieTransportOptions,
  CredentialsChange,
  CredentialsListener,
  GivenBackend,
  IssuedTokens,
  JwksControllerClass,
  JwtStrategyOptions,
  RefreshOptions,
  RenewedToken,
  RoleCheck,
  SecondFactors,
  StrategyContext,
  TokenOwner,
  UserLookup,
} from './authentication/index.js';
export {
  AuthenticationBackend,
  BearerTransport,
  CookieTransport,
  CurrentUser,
  createJwksController,
  DatabaseStrategy,
  JwtStrategy,
  LoginBadCredentialsError,
  LoginUserNotVerifiedError,
  MfaRequiredError,
  Public,
  ReauthenticationRequiredError,
  RefreshBadTokenError,
} from './authentication/index.js';
export type { Page } from './database/index.js';
export type { Feature, FeatureContext, FeatureParts } from './features/feature.js';
export type { HookName, OnHookError, SecurityEvent, SecurityEventKind, SecurityEventListener } from './hooks/index.js';
export {
  DuringDelete,
  DuringRegister,
  OnAfterDelete,
  OnAfterEmailChange,
  OnAfterForgotPassword,
  OnAfterLogin,
  OnAfterRegister,
  OnAfterRequestEmailChange,
  OnAfterRequestVerify,
  OnAfterResetPassword,
  OnAfterUpdate,
  OnAfterVerify,
  OnBeforeDelete,
  OnBeforeLogin,
  OnBeforeRegister,
  OnInvite,
  OnRefreshReuse,
  OnRegisterExisting,
  OnSecurityEvent,
  ValidatePassword,
  VerifyLegacyPassword,
} from './hooks/index.js';
export type { ExpressPrototypes, FieldError, MessageClasses, ProblemDetails } from './http/index.js';
export {
  CsrfRejectedError,
  ForbiddenError,
  InternalError,
  MalformedBodyError,
  messageClasses,
  NotFoundError,
  PayloadTooLargeError,
  ServiceUnavailableError,
  TooManyRequestsError,
  UnauthorizedError,
  UnsupportedMediaTypeError,
  UsersError,
  ValidationError,
} from './http/index.js';
export type { Limiter, LimiterOptions, LimitName, LimitSetting, RateLimitOptions, RateLimitStore } from './limits/index.js';
export { databaseLimits, RateLimitCount, redisLimits } from './limits/index.js';
export type { Register, RegisteredUser, UserClass, UserId } from './model/index.js';
export { BaseUser, BaseUserWithoutId } from './model/index.js';
export type {
  BcryptHasherOptions,
  BreachedPasswordsOptions,
  BreachLookUp,
  FirebaseHasherOptions,
  PassportLocalMongooseHash,
  PasswordHasher,
  PasswordPolicyOptions,
  RangeLookUpOptions,
  StoredKey,
} from './passwords/index.js';
export {
  BcryptHasher,
  BetterAuthHasher,
  BreachedPasswords,
  DeviseHasher,
  DjangoHasher,
  FirebaseHasher,
  ForeignHasher,
  InvalidPasswordError,
  PassportLocalMongooseHasher,
  ScryptHasher,
} from './passwords/index.js';
export type { Clock } from './runtime/clock.js';
export type { Logger } from './runtime/logger.js';
export type { Randomness } from './runtime/randomness.js';
export { UsersSetupError } from './runtime/setup-error.js';
export type {
  AuthenticatedSession,
  NewSession,
  Session,
  SessionClass,
  SessionOptions,
  SessionStore,
  SessionTimes,
} from './sessions/index.js';
export { containerPerApp } from './setup/app-container.js';
export type { Users } from './setup/setup-users.js';
export { setupUsers } from './setup/setup-users.js';
export { usersEntities } from './setup/users-entities.js';
export type { RouteName, UsersOptions } from './setup/users-options.js';
export type { JwtAlgorithm, JwtKeyOptions } from './tokens/index.js';
export type {
  ActingSession,
  AuthControllerClass,
  ImportedUser,
  NewUser,
  OwnChanges,
  PlainSession,
  PlainUser,
  RegistrationMode,
  SignInOptions,
  UserChanges,
  UserDtos,
  UserFields,
  UserFilter,
  UserSerializer,
  UsersContext,
} from './users/index.js';
export {
  createAuthController,
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
  UserCreate,
  UserManager,
  UsersController,
  UserUpdate,
  VerifyUserAlreadyVerifiedError,
  VerifyUserBadTokenError,
} from './users/index.js';
