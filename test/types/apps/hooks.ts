import type { Request, Response } from 'express';
import {
  type BaseUserWithoutId,
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
  OnRefreshReuse,
  OnRegisterExisting,
  OnSecurityEvent,
  type SecurityEvent,
  ValidatePassword,
  VerifyLegacyPassword,
} from 'routing-controllers-users';
import { Service } from 'typedi';
import type { EntityManager } from 'typeorm';
import { User, UserRegistration } from './user.js';

/** Every hook with all that it gets. */
@Service()
export class AllHooks {
  @OnBeforeRegister()
  beforeRegister(_body: UserRegistration, _request?: Request): void {}

  @DuringRegister()
  async duringRegister(_user: User, _manager: EntityManager): Promise<void> {}

  @OnAfterRegister()
  async afterRegister(_user: User, _request?: Request): Promise<void> {}

  @OnRegisterExisting()
  registerExisting(_user: User, _request?: Request): void {}

  @OnInvite()
  async invite(_user: User, _token: string, _request?: Request): Promise<void> {}

  @OnBeforeLogin()
  beforeLogin(_user: User, _request?: Request): void {}

  @OnAfterLogin()
  afterLogin(_user: User, _request?: Request, response?: Response): void {
    response?.setHeader('X-Welcome', 'back');
  }

  @OnAfterRequestVerify()
  @OnAfterForgotPassword()
  @OnAfterRequestEmailChange()
  @OnAfterEmailChange()
  async mail(_user: User, _token: string, _request?: Request): Promise<void> {}

  @OnAfterVerify()
  @OnAfterResetPassword()
  @OnBeforeDelete()
  @OnAfterDelete()
  @OnRefreshReuse()
  keep(_user: User, _request?: Request): void {}

  @OnAfterUpdate()
  afterUpdate(_user: User, _changes: Record<string, unknown>, _request?: Request): void {}

  @DuringDelete()
  async duringDelete(_user: User, _manager: EntityManager): Promise<void> {}

  @ValidatePassword()
  validatePassword(password: string, user: User | UserRegistration): void {
    if (user.firstName !== undefined && password.includes(user.firstName)) throw new InvalidPasswordError('Not your own name.');
  }

  @VerifyLegacyPassword()
  async verifyLegacyPassword(_password: string, _user: User): Promise<boolean> {
    return false;
  }

  @OnSecurityEvent()
  securityEvent({ kind, userId, time, ip, userAgent }: SecurityEvent): void {
    console.info(kind, userId, time.toISOString(), ip, userAgent);
  }
}

/** Methods that take fewer arguments, or a user of a wider kind. */
@Service()
export class FewerArguments {
  @OnAfterRegister()
  none(): void {}

  @OnAfterForgotPassword()
  user(_user: User): void {}

  @OnAfterLogin()
  @OnAfterRequestVerify()
  anyUser(_user: BaseUserWithoutId): void {}

  @OnAfterUpdate()
  wider(_user: { email: string }): void {}

  @OnSecurityEvent()
  nothing(): void {}
}

export class WrongArguments {
  // @ts-expect-error a token comes second, and it is a text
  @OnAfterForgotPassword()
  numberAsToken(_user: User, _token: number): void {}

  // @ts-expect-error the request comes second
  @OnAfterRegister()
  tokenOfNothing(_user: User, _token: string): void {}

  // @ts-expect-error the user comes first
  @OnAfterLogin()
  requestFirst(_request: Request, _user: User): void {}

  // @ts-expect-error the user comes first
  @OnAfterVerify()
  textFirst(_email: string): void {}

  // @ts-expect-error a dto has no columns of the database, a user comes here
  @OnAfterRegister()
  dto(_body: UserRegistration): void {}

  // @ts-expect-error the transaction comes second
  @DuringRegister()
  requestAsTransaction(_user: User, _request: Request): void {}

  // @ts-expect-error there is no fourth argument
  @OnAfterLogin()
  tooMany(_user: User, _request: Request | undefined, _response: Response | undefined, _more: string): void {}

  // @ts-expect-error the request may be missing: flows are called in code too
  @OnAfterRegister()
  requestForSure(_user: User, _request: Request): void {}

  // @ts-expect-error the password comes first
  @ValidatePassword()
  userFirst(_user: User, _password: string): void {}

  // @ts-expect-error an event comes
  @OnSecurityEvent()
  userAsEvent(_user: User): void {}

  // @ts-expect-error a hook is a method
  @OnAfterRegister()
  property = 1;
}
