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
} from './hook-decorators.js';
export { HookDispatcher, type OnHookError } from './hook-dispatcher.js';
export { declaredHookClasses, type HookName, hookMethods, SpareHooks } from './hook-metadata.js';
export type { SecurityEvent, SecurityEventKind } from './security-event.js';
export { type SecurityEventListener, SecurityEvents } from './security-events.js';
