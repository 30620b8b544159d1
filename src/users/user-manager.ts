import type { Request, Response } from 'express';
import { Service } from 'typedi';
import type { EntityManager } from 'typeorm';
import type { GivenBackend } from '../authentication/index.js';
import type { Page } from '../database/index.js';
import { NotFoundError } from '../http/index.js';
import { type BaseUserWithoutId, normalizeEmail, type RegisteredUser, type UserId } from '../model/index.js';
import type { Session } from '../sessions/index.js';
import type { ImportedUser } from './new-user-row.js';
import { type ActingSession, PasswordCheck } from './password-check.js';
import { PasswordReset } from './password-reset.js';
import { PasswordRules } from './password-rules.js';
import { type AttachSignInMethod, type NewUser, Registration } from './registration.js';
import { Superusers } from './superusers.js';
import { ReauthenticateBadPasswordError, RegisterUserAlreadyExistsError } from './user.errors.js';
import { UserDeletion } from './user-deletion.js';
import { type UserFilter, UserList } from './user-list.js';
import { type OwnChanges, type UserChanges, UserUpdate } from './user-update.js';
import { UsersContext } from './users-context.js';
import { Verification } from './verification.js';

/** By which backend a person is signed in from the app's code, and what the session tells of how. */
export interface SignInOptions<U extends BaseUserWithoutId> {
  /** The backend, or its name. @defaultValue the first of the set-up */
  backend?: GivenBackend<U> | string;
  /** How the person showed who he is. @defaultValue `['pwd']` */
  amr?: readonly string[];
}

/**
 * Every flow of the library in code, with its rules. The routes call these methods, so that what a subclass (`manager: AppUsers`)
 * overrides counts over HTTP too. A subclass has no constructor of its own; its services come by typedi's `@Inject()`.
 */
@Service()
export class UserManager<U extends BaseUserWithoutId = RegisteredUser> {
  private readonly registration: Registration<U>;
  private readonly passwordReset: PasswordReset<U>;
  private readonly verification: Verification<U>;
  private readonly updates: UserUpdate<U>;
  private readonly deletion: UserDeletion<U>;
  private readonly passwordCheck: PasswordCheck<U>;
  private readonly lists: UserList<U>;

  constructor(protected readonly context: UsersContext<U>) {
    const rules = new PasswordRules(context);
    const superusers = new Superusers(context.table);
    this.passwordCheck = new PasswordCheck(context);
    this.passwordReset = new PasswordReset(context, rules);
    this.verification = new Verification(context);
    this.registration = new Registration(context, rules, this.passwordReset);
    this.updates = new UserUpdate(context, rules, this.passwordCheck, this.verification, superusers);
    this.deletion = new UserDeletion(context, this.passwordCheck, superusers);
    this.lists = new UserList(context.table);
  }

  /**
   * The same manager inside a transaction of the app's: what it writes is committed or rolled back with it, and its after-hooks
   * run when it is committed, never on a rollback. Sessions in Redis have no part in it: what is done to them is done at once. Nor has
   * {@link refresh}: a token that comes back used ends its session, whatever the app rolls back.
   */
  withManager(manager: EntityManager): this {
    const copy: this = Reflect.construct(this.constructor, [this.context.inside(manager)]);
    // What typedi injected into the first one belongs to the copy too.
    for (const name of Object.keys(this))
      if (!Object.hasOwn(copy, name) || Reflect.get(copy, name) === undefined) Reflect.set(copy, name, Reflect.get(this, name));
    return copy;
  }

  /** Refuses where the mode of registration lets nobody in by this way, before anything else is looked at. */
  checkRegistrationOpen(way: 'register' | 'invite' = 'register'): void {
    this.registration.checkOpen(way);
  }

  /**
   * Registers a person.
   * @returns the user; null with `preventEnumeration`, where nobody may see whether the address was new
   * @throws RegistrationClosedError, RegisterInvalidPasswordError, RegisterUserAlreadyExistsError; nothing is stored then
   */
  async register(input: NewUser, request?: Request): Promise<U | null> {
    this.registration.checkOpen('register');
    const { isActive: _active, isSuperuser: _superuser, isVerified: _verified, ...own } = input;
    if (!this.context.settings.preventEnumeration) return this.create(own, request);
    try {
      await this.create(own, request);
    } catch (error) {
      if (!(error instanceof RegisterUserAlreadyExistsError)) throw error;
      await this.tellOwner(own.email, request);
    }
    return null;
  }

  /**
   * Makes a user, flags and all. Without a password it is an invitation: `@OnInvite` gets a token that lives for 7 days.
   * @throws RegisterInvalidPasswordError, RegisterUserAlreadyExistsError, ValidationError; nothing is stored then
   */
  async create(input: NewUser, request?: Request): Promise<U> {
    return this.registration.create(input, request);
  }

  /**
   * Makes a user who signs in by something else than a password, such as an account elsewhere. Nobody is invited.
   * @param attach - writes that something, in the transaction that makes the user: what it throws rolls both back
   * @throws RegisterUserAlreadyExistsError, ValidationError; nothing is stored then
   */
  async createWithoutPassword(input: NewUser, attach: AttachSignInMethod<U>, request?: Request): Promise<U> {
    return this.registration.create({ ...input, password: null }, request, attach);
  }

  /**
   * Stores a user of another system with the hash that it made; see `hashers`. Nobody is told, and no hook but `@DuringRegister` runs.
   * @throws RegisterUserAlreadyExistsError, ValidationError; nothing is stored then
   */
  async importUser(input: ImportedUser): Promise<U> {
    return this.registration.import(input);
  }

  /** Finds by an id in any form that the app's ids are written in; null also for a text that can be none. */
  async findById(id: UserId): Promise<U | null> {
    const parsed = this.context.table.ids.parse(String(id));
    return parsed === null ? null : this.context.table.find({ id: parsed }, this.context.within);
  }

  /** Finds by an address in any of its spellings. */
  async findByEmail(email: string): Promise<U | null> {
    const normalized = normalizeEmail(email);
    return normalized === null ? null : this.context.table.find({ email: normalized }, this.context.within);
  }

  /** @throws {@link NotFoundError} when there is no such user */
  async getById(id: UserId): Promise<U> {
    const user = await this.findById(id);
    if (user === null) throw new NotFoundError();
    return user;
  }

  /** A page of users, newest first. */
  async list(filter: UserFilter = {}): Promise<Page<U>> {
    return this.lists.list(filter, this.context.within);
  }

  /**
   * Changes any user, as a superuser may: a new address at once, a password without the current one.
   * @throws UpdateUserInvalidPasswordError, UpdateUserEmailAlreadyExistsError, LastSuperuserError, ValidationError, and NotFoundError for
   *   a user who is gone; nothing is changed then
   */
  async update(user: U, changes: UserChanges, request?: Request): Promise<U> {
    return this.updates.any(user, changes, request);
  }

  /**
   * Changes a person's own account: a new address waits for its confirmation, and asks for the current password like a new password does.
   * @throws as {@link update}, and UpdateUserBadCurrentPasswordError, ReauthenticationRequiredError, TooManyRequestsError
   */
  async updateOwn(user: U, changes: OwnChanges, acting: ActingSession): Promise<U> {
    return this.updates.own(user, changes, acting);
  }

  /** Sets a password and ends all sessions, but `exceptSession`. @throws UpdateUserInvalidPasswordError */
  async setPassword(user: U, password: string, options: { exceptSession?: string; request?: Request } = {}): Promise<U> {
    return this.updates.any(user, { password }, options.request, options.exceptSession);
  }

  /** Hands a token to `@OnAfterRequestVerify` where the user is active and unverified; the caller learns nothing. */
  async requestVerify(userOrEmail: U | string, request?: Request): Promise<void> {
    const email = addressOf(userOrEmail);
    if (email !== null) await this.verification.request(email, request);
  }

  /**
   * Verifies an address, or moves to a new one.
   * @throws VerifyUserBadTokenError, VerifyUserAlreadyVerifiedError, UpdateUserEmailAlreadyExistsError
   */
  async verify(token: string, request?: Request): Promise<U> {
    return this.verification.verify(token, request);
  }

  /** Hands a token to `@OnAfterForgotPassword` where the user is active; the caller learns nothing. */
  async forgotPassword(userOrEmail: U | string, request?: Request): Promise<void> {
    const email = addressOf(userOrEmail);
    if (email !== null) await this.passwordReset.forgot(email, request);
  }

  /** Sets a new password by a token, once, and ends all sessions. @throws ResetPasswordBadTokenError, ResetPasswordInvalidPasswordError */
  async resetPassword(token: string, password: string, request?: Request): Promise<U> {
    return this.passwordReset.reset(token, password, request);
  }

  /**
   * The active user of a name and a password, with `preventEnumeration` only a verified one, or null; equally slow for all that is wrong.
   * @throws TooManyRequestsError past a limit
   */
  async authenticate(credentials: { username: string; password: string }, request?: Request): Promise<U | null> {
    return this.passwordCheck.byName(credentials.username, credentials.password, request);
  }

  /**
   * Signs a person in from the app's code, through the gate that every sign-in passes.
   * @returns the body for the answer; undefined for 204
   * @throws LoginBadCredentialsError (inactive), LoginUserNotVerifiedError, MfaRequiredError, and what `@OnBeforeLogin` throws
   */
  async signIn(user: U, request: Request, response: Response, options: SignInOptions<U> = {}): Promise<object | undefined> {
    const backend = this.context.backend(options.backend);
    const securityStamp = await this.passwordCheck.stampOf(user);
    const { gate, within } = this.context;
    const amr = options.amr ?? ['pwd'];
    return gate.signIn({ user, securityStamp, backend, amr, request, response, ...(within === undefined ? {} : { within }) });
  }

  /**
   * Exchanges a refresh token for the next one and an access token.
   * @returns the body for the answer
   * @throws RefreshBadTokenError; a token that was exchanged before, beyond the grace, ends its session
   */
  async refresh(refreshToken: string, request: Request, response: Response): Promise<object | undefined> {
    return this.context.refresh.refresh(refreshToken, request, response);
  }

  /** Makes the session fresh, once its person has shown the password again. @throws ReauthenticateBadPasswordError */
  async reauthenticate(user: U, password: string, { session, request }: ActingSession): Promise<void> {
    const { sessions, events, within } = this.context;
    if ((await this.passwordCheck.ofUser(user, password, request)) === null) {
      await events.tell('reauthentication-failed', user.id, request);
      throw new ReauthenticateBadPasswordError();
    }
    if (session !== null) await sessions.refreshAuthentication(session, within);
    await this.context.afterCommit(() => events.tell('reauthenticated', user.id, request));
  }

  /**
   * Deletes any user, as a superuser may.
   * @throws LastSuperuserError, NotFoundError for a user who is gone, and what `@OnBeforeDelete` and `@DuringDelete` throw
   */
  async delete(user: U, request?: Request): Promise<void> {
    await this.deletion.any(user, request);
  }

  /** Deletes a person's own account. @throws as {@link delete}, and DeleteUserBadCurrentPasswordError, ReauthenticationRequiredError */
  async deleteOwn(user: U, currentPassword: string | null | undefined, acting: ActingSession): Promise<void> {
    await this.deletion.own(user, currentPassword, acting);
  }

  /** A user's sessions, newest first. */
  async listSessions(user: U): Promise<Session[]> {
    return this.context.sessions.list(user.id, this.context.within);
  }

  /** @returns whether there was such a session, and this user's */
  async endSession(user: U, sessionId: string): Promise<boolean> {
    return this.context.sessions.end(sessionId, user.id, this.context.within);
  }

  /** Ends a user's sessions from the next request on. @returns how many ended */
  async endSessions(user: U, options: { except?: string; request?: Request } = {}): Promise<number> {
    const { sessions, events } = this.context;
    const event = events.make('sessions-ended', user.id, options.request);
    const ended = await this.context.transaction(async (manager) => {
      const count = await sessions.endAll(user.id, options.except === undefined ? {} : { except: options.except }, manager);
      if (count > 0) await events.record(event, manager);
      return count;
    });
    if (ended > 0) await this.context.afterCommit(() => events.announce(event));
    return ended;
  }

  /** Removes all sessions that have expired, in small batches. New sessions do some of it by themselves. @returns how many went */
  async pruneSessions(): Promise<number> {
    return this.context.sessions.prune();
  }

  /** Where nobody may see that an address is taken, its owner is told instead. */
  private async tellOwner(email: string, request?: Request): Promise<void> {
    const owner = await this.findByEmail(email);
    const { hooks, limits } = this.context;
    const tell = async (): Promise<void> => {
      if (owner === null || !(await limits.tryConsume('registerExistingMail', owner.email))) return;
      await hooks.notify('registerExisting', owner, request);
    };
    await this.context.afterCommit(() => hooks.afterAnswer(request, tell));
  }
}

function addressOf(userOrEmail: BaseUserWithoutId | string): string | null {
  return typeof userOrEmail === 'string' ? normalizeEmail(userOrEmail) : userOrEmail.email;
}
