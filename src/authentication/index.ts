export {
  LoginBadCredentialsError,
  LoginUserNotVerifiedError,
  MfaRequiredError,
  ReauthenticationRequiredError,
  RefreshBadTokenError,
} from './authentication.errors.js';
export { Authenticator } from './authenticator.js';
export { Authorization, BUILT_IN_ROLES, type RoleCheck } from './authorization.js';
export { AuthenticationBackend, checkBackends, type GivenBackend, type RefreshOptions } from './backend.js';
export { BearerTransport } from './bearer-transport.js';
export {
  type AuthorizationChecker,
  type CurrentUserChecker,
  createAuthorizationChecker,
  createCurrentUserChecker,
} from './checkers.js';
export { CookieTransport, type CookieTransportOptions } from './cookie-transport.js';
export { Credentials, type CredentialsChange, type CredentialsListener } from './credentials.js';
export { CurrentUser } from './current-user.js';
export { DatabaseStrategy } from './database-strategy.js';
export { Gate, type SecondFactors } from './gate.js';
export type { IssuedTokens } from './issued-tokens.js';
export { createJwksController, type JwksControllerClass } from './jwks.controller.js';
export { JwtStrategy, type JwtStrategyOptions } from './jwt-strategy.js';
export { isPublic, Public } from './public.js';
export { Refresh } from './refresh.js';
export { requireSuperuser, signedIn } from './signed-in.js';
export type { AccessToken, AuthenticationStrategy, RenewedToken, StrategyContext, TokenOwner, UserLookup } from './strategy.js';
export type { AuthenticationTransport } from './transport.js';
