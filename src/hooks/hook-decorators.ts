import type { Request, Response } from 'express';
import type { EntityManager } from 'typeorm';
import type { BaseUserWithoutId } from '../model/index.js';
import { declareHook, type HookName } from './hook-metadata.js';
import type { SecurityEvent } from './security-event.js';

/** A method that takes the app's user class, which the decorator cannot know, first; another first argument shows the text below. */
type TakesUser<Method extends (...args: never) => unknown> =
  Parameters<Method> extends [infer First, ...unknown[]]
    ? BaseUserWithoutId extends First
      ? unknown
      : First extends BaseUserWithoutId
        ? unknown
        : { 'the first argument must be your user class': never }
    : unknown;

type UserHook<Rest extends unknown[]> = <Method extends (user: never, ...rest: Rest) => unknown>(
  target: object,
  method: string | symbol,
  descriptor: TypedPropertyDescriptor<Method> & TakesUser<Method>,
) => void;

/** For hooks that get a user, or the dto of one to be: anything that is an object. */
type ObjectHook<Rest extends unknown[]> = <Method extends (subject: never, ...rest: Rest) => unknown>(
  target: object,
  method: string | symbol,
  descriptor: TypedPropertyDescriptor<Method> &
    (Parameters<Method> extends [infer First, ...unknown[]] ? (First extends object ? unknown : never) : unknown),
) => void;

function userHook<Rest extends unknown[]>(name: HookName): () => UserHook<Rest> {
  return () => (target, method) => declareHook(target, name, method);
}

function objectHook<Rest extends unknown[]>(name: HookName): () => ObjectHook<Rest> {
  return () => (target, method) => declareHook(target, name, method);
}

/** Runs before a registration is written, with the body less its password. Throwing refuses it with the error's own status. */
export const OnBeforeRegister = objectHook<[request?: Request]>('beforeRegister');

/** Runs inside the transaction that writes the new user, and again where the database has it begun anew. Throwing rolls it back. */
export const DuringRegister = userHook<[manager: EntityManager]>('duringRegister');

/** Runs once the new user is committed. A failure is logged and reported to `onHookError`; the user stays. */
export const OnAfterRegister = userHook<[request?: Request]>('afterRegister');

/** Runs, with `preventEnumeration`, when somebody registers an address that has an account: the place to tell its owner. */
export const OnRegisterExisting = userHook<[request?: Request]>('registerExisting');

/** Runs when a superuser has made a user without a password. The token is for reset-password and lives for 7 days. */
export const OnInvite = userHook<[token: string, request?: Request]>('invite');

/** Runs after the right password, before the session. Throwing refuses the sign-in with the error's own status. */
export const OnBeforeLogin = userHook<[request?: Request]>('beforeLogin');

/** Runs after the session is made and before the answer goes out, which may be added to. */
export const OnAfterLogin = userHook<[request?: Request, response?: Response]>('afterLogin');

/** Runs after the answer has gone out, when an active and unverified user asked for it. The token is for verify. */
export const OnAfterRequestVerify = userHook<[token: string, request?: Request]>('afterRequestVerify');

/** Runs once the address is verified. */
export const OnAfterVerify = userHook<[request?: Request]>('afterVerify');

/** Runs after the answer has gone out, when the address belongs to an active user. The token is for reset-password. */
export const OnAfterForgotPassword = userHook<[token: string, request?: Request]>('afterForgotPassword');

/** Runs once the new password is committed and all sessions are over. */
export const OnAfterResetPassword = userHook<[request?: Request]>('afterResetPassword');

/** Runs when a new address waits for its confirmation: `user.pendingEmail` is where the token for verify goes. */
export const OnAfterRequestEmailChange = userHook<[token: string, request?: Request]>('afterRequestEmailChange');

/**
 * Runs once an account has another address, however that came about: the place to tell the previous one, whose owner may know nothing of it.
 */
export const OnAfterEmailChange = userHook<[previousEmail: string, request?: Request]>('afterEmailChange');

/** Runs once changes are committed. They hold what was set, and never a password, plain or hashed. */
export const OnAfterUpdate = userHook<[changes: Record<string, unknown>, request?: Request]>('afterUpdate');

/** Runs before a user is deleted. Throwing refuses it with the error's own status. */
export const OnBeforeDelete = userHook<[request?: Request]>('beforeDelete');

/** Runs inside the transaction that deletes the user, before the row goes; again where the database has it begun anew. Throwing rolls it back. */
export const DuringDelete = userHook<[manager: EntityManager]>('duringDelete');

/** Runs once the user is gone. */
export const OnAfterDelete = userHook<[request?: Request]>('afterDelete');

/** Runs when a refresh token that was already exchanged comes back: somebody has a copy, and the session is over. */
export const OnRefreshReuse = userHook<[request?: Request]>('refreshReuse');

/** Runs on everything that concerns an account's safety. It is told without secrets; a failure is logged. */
export function OnSecurityEvent(): <Method extends (event: SecurityEvent) => unknown>(
  target: object,
  method: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void {
  return (target, method) => declareHook(target, 'securityEvent', method);
}

type PasswordHook = <Method extends (password: string, subject: never) => unknown>(
  target: object,
  method: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

/** Judges a new password beside the built-in rules: throw `InvalidPasswordError(reason)` to refuse it. */
export function ValidatePassword(): PasswordHook {
  return (target, method) => declareHook(target, 'validatePassword', method);
}

/**
 * Judges a password by a system whose hashes cannot be read: called with the password and the user when no hasher
 * recognizes what is stored. The answer true signs in, and stores the password in the own form.
 */
export function VerifyLegacyPassword(): PasswordHook {
  return (target, method) => declareHook(target, 'verifyLegacyPassword', method);
}
