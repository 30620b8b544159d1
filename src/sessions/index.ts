export { DatabaseSessions } from './database-sessions.js';
export { type RefreshToken, RefreshTokens } from './refresh-tokens.js';
export { BaseSession, type SessionClass, sessionEntity } from './session.entity.js';
export type { AuthenticatedSession, FoundSession, NewSession, Session, SessionStore, SessionTimes } from './session.js';
export { checkSessionOptions, SESSION_DEFAULTS, SESSION_OPTION_NAMES, type SessionOptions } from './session.options.js';
export { Sessions } from './session.service.js';
