import type { Request, Response } from 'express';
import { Authorized, JsonController, OnUndefined, Post, Req, Res, UseBefore } from 'routing-controllers';
import { Service } from 'typedi';
import type { AuthenticationBackend } from '../authentication/index.js';
import { CompleteController, LibraryController, receive } from '../http/index.js';
import type { BaseUserWithoutId } from '../model/index.js';
import { Login } from './login.js';

/** A controller for the controllers list, with the backend that its set-up has to know. */
export type AuthControllerClass = (new (
  login: never,
) => LibraryController) & { readonly backend: Pick<AuthenticationBackend, 'name' | 'transport'> };

/**
 * Makes a controller with `POST {prefix}/login` and `POST {prefix}/logout` of one backend, for apps that have several.
 * @param backend - one of the set-up's `backends`
 * @param prefix - such as `/auth/cookie`
 */
export function createAuthController<U extends BaseUserWithoutId>(
  backend: AuthenticationBackend<U>,
  prefix: string,
): AuthControllerClass {
  const base = prefix.startsWith('/') ? prefix : `/${prefix}`;

  @CompleteController()
  @Service()
  @JsonController(base)
  class AuthController extends LibraryController {
    static readonly backend = backend;

    constructor(private readonly loginRoutes: Login<U>) {
      super();
    }

    @Post('/login')
    @OnUndefined(204)
    @UseBefore(receive(`${base}/login`, 'login'))
    async login(@Req() request: Request, @Res() response: Response): Promise<object | undefined> {
      return this.loginRoutes.login(backend, request, response);
    }

    @Post('/logout')
    @Authorized()
    @OnUndefined(204)
    @UseBefore(receive(`${base}/logout`, 'none'))
    async logout(@Req() request: Request, @Res() response: Response): Promise<void> {
      await this.loginRoutes.logout(backend, request, response);
    }
  }
  return AuthController;
}
