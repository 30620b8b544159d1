export { DatabaseSessions } from './database-sessions.js';
export { BaseSession, type SessionClass, sessionEntity } from './session.entity.js';
export type { AuthenticatedSession, NewSession, Session, SessionStore } from './session.js';
export {
  checkSessionOptions,
  SESSION_DEFAULTS,
  SESSION_OPTION_NAMES,
  type SessionOptions,
  type SessionSettings,
} from './session.options.js';
export { Sessions, type SignInFacts } from './session.service.js';
