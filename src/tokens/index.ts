export { Encryption } from './encryption.js';
export type { JwtAlgorithm, JwtKeyOptions } from './jwt-key.js';
export { checkKeys, KeyRing } from './key-ring.js';
export {
  createOpaqueToken,
  digestOf,
  looksLikeOpaqueToken,
  opaqueTokenOf,
  redisTokenPrefix,
  refreshTokenPrefix,
  sessionTokenPrefix,
} from './opaque-token.js';
export { PurposeTokens } from './purpose-tokens.js';
export { checkSecret, Secrets } from './secrets.js';
export { VerifiedTokens } from './verified-tokens.js';
