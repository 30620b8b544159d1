import 'reflect-metadata';

export { OAuthController } from './oauth.controller.js';
export { type BaseOAuthAccount, type OAuthAccountClass, oauthEntities, type SpentOAuthTicketClass } from './oauth.entity.js';
export {
  OAuthAccessDeniedError,
  OAuthAccountTakenError,
  OAuthBadAnswerError,
  OAuthBadReturnToError,
  OAuthInvalidStateError,
  OAuthLastSignInMethodError,
  OAuthNotAvailableEmailError,
  OAuthProviderError,
  OAuthUserAlreadyExistsError,
} from './oauth.errors.js';
export { oauth } from './oauth.feature.js';
export type { OAuthOptions } from './oauth.options.js';
export { OAuthService, type PlainOAuthAccount } from './oauth.service.js';
export { type AppleOptions, apple } from './providers/apple.js';
export { type OAuth2Options, oauth2 } from './providers/oauth2.js';
export { type OidcOptions, oidc } from './providers/oidc.js';
export type {
  Claims,
  ClientAuthentication,
  ClientOptions,
  OAuthProvider,
  ProfileMapper,
  ProviderAccount,
  ProviderApi,
  ProviderEndpoints,
} from './providers/provider.js';
export { discord, facebook, github, linkedin, spotify, x } from './providers/ready-oauth2.js';
export {
  type GitlabOptions,
  gitlab,
  google,
  type MicrosoftOptions,
  microsoft,
  type SecretClientOptions,
  slack,
  twitch,
} from './providers/ready-oidc.js';
