export { BcryptHasher, type BcryptHasherOptions } from './bcrypt-hasher.js';
export { HashQueue, type HashQueueOptions } from './hash-queue.js';
export { checkHashers } from './hashers.check.js';
export { InvalidPasswordError } from './invalid-password.error.js';
export type { PasswordHasher } from './password-hasher.js';
export { type PasswordContext, PasswordPolicy, type PasswordPolicyOptions } from './password-policy.js';
export { Passwords, type PasswordsOptions, type PasswordVerdict } from './passwords.js';
