import { Service } from 'typedi';
import type { EntityManager } from 'typeorm';
import {
  DuringDelete,
  DuringRegister,
  InvalidPasswordError,
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
  OnRegisterExisting,
  OnSecurityEvent,
  type SecurityEvent,
  ValidatePassword,
} from '../../src/index.js';
import type { User } from './user.entity.js';

/** Keeps every call of a hook, and does what a test tells it to do in one. */
@Service()
export class RecordedHooks {
  readonly calls: { name: string; args: unknown[] }[] = [];
  readonly events: SecurityEvent[] = [];
  /** What a hook does, by its name; it may throw or wait. */
  readonly deeds = new Map<string, (...args: never[]) => unknown>();

  names(): string[] {
    return this.calls.map(({ name }) => name);
  }

  /** The arguments of the last call. */
  last(name: string): unknown[] {
    return this.calls.findLast((call) => call.name === name)?.args ?? [];
  }

  clear(): void {
    this.calls.length = 0;
    this.events.length = 0;
    this.deeds.clear();
  }

  private record(name: string, ...args: unknown[]): unknown {
    this.calls.push({ name, args });
    return this.deeds.get(name)?.(...(args as never[]));
  }

  @OnBeforeRegister()
  beforeRegister(dto: object, request?: object) {
    return this.record('beforeRegister', dto, request);
  }

  @DuringRegister()
  duringRegister(user: User, manager: EntityManager) {
    return this.record('duringRegister', user, manager);
  }

  @OnAfterRegister()
  afterRegister(user: User) {
    return this.record('afterRegister', user);
  }

  @OnRegisterExisting()
  registerExisting(user: User) {
    return this.record('registerExisting', user);
  }

  @OnInvite()
  invite(user: User, token: string) {
    return this.record('invite', user, token);
  }

  @OnBeforeLogin()
  beforeLogin(user: User) {
    return this.record('beforeLogin', user);
  }

  @OnAfterLogin()
  afterLogin(user: User) {
    return this.record('afterLogin', user);
  }

  @OnAfterRequestVerify()
  afterRequestVerify(user: User, token: string) {
    return this.record('afterRequestVerify', user, token);
  }

  @OnAfterVerify()
  afterVerify(user: User) {
    return this.record('afterVerify', user);
  }

  @OnAfterForgotPassword()
  afterForgotPassword(user: User, token: string) {
    return this.record('afterForgotPassword', user, token);
  }

  @OnAfterResetPassword()
  afterResetPassword(user: User) {
    return this.record('afterResetPassword', user);
  }

  @OnAfterRequestEmailChange()
  afterRequestEmailChange(user: User, token: string) {
    return this.record('afterRequestEmailChange', user, token);
  }

  @OnAfterEmailChange()
  afterEmailChange(user: User, previousEmail: string) {
    return this.record('afterEmailChange', user, previousEmail);
  }

  @OnAfterUpdate()
  afterUpdate(user: User, changes: Record<string, unknown>) {
    return this.record('afterUpdate', user, changes);
  }

  @OnBeforeDelete()
  beforeDelete(user: User) {
    return this.record('beforeDelete', user);
  }

  @DuringDelete()
  duringDelete(user: User, manager: EntityManager) {
    return this.record('duringDelete', user, manager);
  }

  @OnAfterDelete()
  afterDelete(user: User) {
    return this.record('afterDelete', user);
  }

  @ValidatePassword()
  async validatePassword(password: string) {
    if (password.includes('forbidden')) throw new InvalidPasswordError('That word is forbidden.');
    await this.deeds.get('validatePassword')?.();
  }

  @OnSecurityEvent()
  event(event: SecurityEvent) {
    this.events.push(event);
  }
}
