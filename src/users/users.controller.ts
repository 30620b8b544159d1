import type { Request, Response } from 'express';
import {
  Authorized,
  Delete,
  Get,
  HttpCode,
  JsonController,
  OnUndefined,
  Param,
  Patch,
  Post,
  Req,
  Res,
  UseBefore,
} from 'routing-controllers';
import { Service } from 'typedi';
import { Authenticator, CurrentUser, requireSuperuser, signedIn } from '../authentication/index.js';
import { Bodies, CompleteController, LibraryController, NotFoundError, plainAnswer, readQuery, receive } from '../http/index.js';
import { ClientLimits } from '../limits/index.js';
import type { BaseUserWithoutId, RegisteredUser } from '../model/index.js';
import type { Session } from '../sessions/index.js';
import { Login } from './login.js';
import type { ActingSession } from './password-check.js';
import {
  DeleteBody,
  EmailBody,
  ReauthenticateBody,
  RefreshBody,
  ResetPasswordBody,
  TokenBody,
  UserListQuery,
} from './user.dtos.js';
import { UserFields } from './user-fields.js';
import { UserManager } from './user-manager.js';
import { type PlainUser, UserSerializer } from './user-serializer.js';

/** A session as its owner sees it. */
export interface PlainSession
  extends Pick<Session, 'id' | 'backend' | 'createdAt' | 'lastSeenAt' | 'expiresAt' | 'ip' | 'userAgent'> {
  /** Whether this very request comes by it. */
  current: boolean;
}

/**
 * Registration, login, verification, forgotten passwords, `/me` and administration. An app lists it, or a class that extends it
 * under another prefix, with routes of its own and overridden ones; the option `routes` turns single ones off.
 */
@CompleteController()
@Service()
@JsonController('/users')
export class UsersController<U extends BaseUserWithoutId = RegisteredUser> extends LibraryController {
  constructor(
    protected readonly users: UserManager<U>,
    protected readonly loginRoutes: Login<U>,
    protected readonly authenticator: Authenticator<U>,
    protected readonly bodies: Bodies,
    protected readonly fields: UserFields<U>,
    protected readonly serializer: UserSerializer<U>,
    protected readonly limits: ClientLimits,
  ) {
    super();
  }

  // These two first: Express looks through the routes in their order, and goes on behind one that has answered to the next that fits.
  @Get('/me')
  @Authorized()
  @UseBefore(receive('me', 'none'))
  me(@CurrentUser() user: U): PlainUser | Promise<PlainUser> {
    return this.serializer.toPlain(signedIn(user));
  }

  @Get('/:id')
  @Authorized('superuser')
  @UseBefore(receive('getById', 'none'))
  async getById(@CurrentUser() superuser: U, @Param('id') id: string): Promise<PlainUser> {
    requireSuperuser(superuser);
    return this.serializer.toPlain(await this.users.getById(id));
  }

  @Post('/register')
  @HttpCode(201)
  @OnUndefined(202)
  @UseBefore(receive('register', 'json'))
  async register(@Req() request: Request): Promise<PlainUser | undefined> {
    this.bodies.admit(request);
    await this.limits.consume('register', request);
    this.users.checkRegistrationOpen('register');
    const body = await this.bodies.read(this.fields.create, request, this.fields.ownReading);
    const user = await this.users.register({ ...body }, request);
    return user === null ? undefined : this.serializer.toPlain(user);
  }

  @Post('/login')
  @OnUndefined(204)
  @UseBefore(receive('login', 'login'))
  async login(@Req() request: Request, @Res() response: Response): Promise<object | undefined> {
    return this.loginRoutes.login(this.loginRoutes.firstBackend, request, response);
  }

  @Post('/logout')
  @Authorized()
  @OnUndefined(204)
  @UseBefore(receive('logout', 'none'))
  async logout(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.loginRoutes.logout(this.loginRoutes.firstBackend, request, response);
  }

  @Post('/refresh')
  @OnUndefined(204)
  @UseBefore(receive('refresh', 'json'))
  async refresh(@Req() request: Request, @Res() response: Response): Promise<object | undefined> {
    this.bodies.admit(request);
    await this.limits.consume('refresh', request);
    const { refresh_token } = await this.bodies.read(RefreshBody, request);
    return this.users.refresh(refresh_token, request, response);
  }

  @Post('/forgot-password')
  @OnUndefined(202)
  @UseBefore(receive('forgotPassword', 'json'))
  async forgotPassword(@Req() request: Request): Promise<void> {
    this.bodies.admit(request);
    await this.limits.consume('forgotPassword', request);
    const { email } = await this.bodies.read(EmailBody, request);
    await this.users.forgotPassword(email, request);
  }

  @Post('/reset-password')
  @OnUndefined(204)
  @UseBefore(receive('resetPassword', 'json'))
  async resetPassword(@Req() request: Request): Promise<void> {
    this.bodies.admit(request);
    await this.limits.consume('resetPassword', request);
    const { token, password } = await this.bodies.read(ResetPasswordBody, request);
    await this.users.resetPassword(token, password, request);
  }

  @Post('/request-verify-token')
  @OnUndefined(202)
  @UseBefore(receive('requestVerifyToken', 'json'))
  async requestVerifyToken(@Req() request: Request): Promise<void> {
    this.bodies.admit(request);
    await this.limits.consume('requestVerifyToken', request);
    const { email } = await this.bodies.read(EmailBody, request);
    await this.users.requestVerify(email, request);
  }

  @Post('/verify')
  @HttpCode(200)
  @UseBefore(receive('verify', 'json'))
  async verify(@Req() request: Request): Promise<PlainUser> {
    this.bodies.admit(request);
    await this.limits.consume('verify', request);
    const { token } = await this.bodies.read(TokenBody, request);
    return this.serializer.toPlain(await this.users.verify(token, request));
  }

  @Patch('/me')
  @Authorized()
  @UseBefore(receive('updateMe', 'json'))
  async updateMe(@CurrentUser() user: U, @Req() request: Request): Promise<PlainUser> {
    signedIn(user);
    const acting = await this.acting(request);
    const changes = await this.bodies.read(this.fields.update, request, { ...this.fields.ownReading, partial: true });
    return this.serializer.toPlain(await this.users.updateOwn(user, { ...changes }, acting));
  }

  @Delete('/me')
  @Authorized()
  @OnUndefined(204)
  @UseBefore(receive('deleteMe', 'json'))
  async deleteMe(@CurrentUser() user: U, @Req() request: Request): Promise<void> {
    signedIn(user);
    const acting = await this.acting(request);
    const { currentPassword } = await this.bodies.read(DeleteBody, request);
    await this.users.deleteOwn(user, currentPassword, acting);
  }

  @Post('/me/reauthenticate')
  @Authorized()
  @OnUndefined(204)
  @UseBefore(receive('reauthenticate', 'json'))
  async reauthenticate(@CurrentUser() user: U, @Req() request: Request): Promise<void> {
    signedIn(user);
    const acting = await this.acting(request);
    const { password } = await this.bodies.read(ReauthenticateBody, request);
    await this.users.reauthenticate(user, password, acting);
  }

  @Get('/me/sessions')
  @Authorized()
  @UseBefore(receive('listMySessions', 'none'))
  async listMySessions(@CurrentUser() user: U, @Req() request: Request): Promise<{ items: PlainSession[] }> {
    signedIn(user);
    const { session } = await this.acting(request);
    const sessions = await this.users.listSessions(user);
    return plainAnswer({ items: sessions.map((listed) => plainSession(listed, session)) });
  }

  @Delete('/me/sessions/:id')
  @Authorized()
  @OnUndefined(204)
  @UseBefore(receive('endMySession', 'none'))
  async endMySession(@CurrentUser() user: U, @Param('id') id: string): Promise<void> {
    if (!(await this.users.endSession(signedIn(user), id))) throw new NotFoundError();
  }

  @Delete('/me/sessions')
  @Authorized()
  @OnUndefined(204)
  @UseBefore(receive('endMyOtherSessions', 'none'))
  async endMyOtherSessions(@CurrentUser() user: U, @Req() request: Request): Promise<void> {
    signedIn(user);
    const { session } = await this.acting(request);
    await this.users.endSessions(user, session === null ? { request } : { except: session.id, request });
  }

  @Get('/')
  @Authorized('superuser')
  @UseBefore(receive('list', 'none'))
  async list(@CurrentUser() superuser: U, @Req() request: Request): Promise<{ items: PlainUser[]; nextCursor: string | null }> {
    requireSuperuser(superuser);
    const filter = await readQuery(UserListQuery, request);
    const { items, nextCursor } = await this.users.list(filter);
    return plainAnswer({ items: items.map((user) => this.serializer.toPlain(user)), nextCursor });
  }

  @Post('/')
  @Authorized('superuser')
  @HttpCode(201)
  @UseBefore(receive('create', 'json'))
  async create(@CurrentUser() superuser: U, @Req() request: Request): Promise<PlainUser> {
    requireSuperuser(superuser);
    this.users.checkRegistrationOpen('invite');
    const body = await this.bodies.read(this.fields.createBySuperuser, request, this.fields.superuserReading);
    return this.serializer.toPlain(await this.users.create({ ...body }, request));
  }

  /** On their own id superusers follow the rules of `/me`, so that a stolen token does not become a takeover; the flags they may set. */
  @Patch('/:id')
  @Authorized('superuser')
  @UseBefore(receive('updateById', 'json'))
  async updateById(@CurrentUser() superuser: U, @Param('id') id: string, @Req() request: Request): Promise<PlainUser> {
    requireSuperuser(superuser);
    const user = await this.users.getById(id);
    const changes = await this.bodies.read(this.fields.updateBySuperuser, request, {
      ...this.fields.superuserReading,
      partial: true,
    });
    const isSelf = String(user.id) === String(superuser.id);
    const changed = isSelf
      ? await this.users.updateOwn(user, { ...changes }, await this.acting(request))
      : await this.users.update(user, { ...changes }, request);
    return this.serializer.toPlain(changed);
  }

  /** As with `PATCH`: a stolen token of a superuser deletes others, and not the owner. */
  @Delete('/:id')
  @Authorized('superuser')
  @OnUndefined(204)
  @UseBefore(receive('deleteById', 'json'))
  async deleteById(@CurrentUser() superuser: U, @Param('id') id: string, @Req() request: Request): Promise<void> {
    requireSuperuser(superuser);
    const user = await this.users.getById(id);
    if (String(user.id) !== String(superuser.id)) return this.users.delete(user, request);
    const { currentPassword } = await this.bodies.read(DeleteBody, request);
    await this.users.deleteOwn(user, currentPassword, await this.acting(request));
  }

  @Delete('/:id/sessions')
  @Authorized('superuser')
  @OnUndefined(204)
  @UseBefore(receive('endSessionsOf', 'none'))
  async endSessionsOf(@CurrentUser() superuser: U, @Param('id') id: string, @Req() request: Request): Promise<void> {
    requireSuperuser(superuser);
    await this.users.endSessions(await this.users.getById(id), { request });
  }

  private async acting(request: Request): Promise<ActingSession> {
    const authentication = await this.authenticator.authenticate(request);
    return { session: authentication?.session ?? null, request };
  }
}

function plainSession(session: Session, current: Session | null): PlainSession {
  const { id, backend, createdAt, lastSeenAt, expiresAt, ip, userAgent } = session;
  return { id, backend, createdAt, lastSeenAt, expiresAt, ip, userAgent, current: id === current?.id };
}
