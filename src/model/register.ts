import type { BaseUserWithoutId } from './base-user.entity.js';

/**
 * Tells the library the app's user class once, so that a bare `UserManager` means it:
 * `declare module 'routing-controllers-users' { interface Register { user: User } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: the app fills it by declaration merging
export interface Register {}

/** The app's user class where {@link Register} names it, else the base. */
export type RegisteredUser = Register extends { user: infer U extends BaseUserWithoutId } ? U : BaseUserWithoutId;
