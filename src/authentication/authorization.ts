import type { Request } from 'express';
import { type Bodies, ForbiddenError, receivedRoute } from '../http/index.js';
import type { BaseUserWithoutId } from '../model/index.js';
import type { Sessions } from '../sessions/index.js';
import { ReauthenticationRequiredError } from './authentication.errors.js';
import type { Authentication, Authenticator } from './authenticator.js';

/** Says of a user whether he has a role of the app's. */
export type RoleCheck<U extends BaseUserWithoutId> = (user: U) => boolean | Promise<boolean>;

/** What the library's own words in `@Authorized(…)` mean; an app may not give them another meaning. */
export const BUILT_IN_ROLES = ['verified', 'superuser', 'fresh'] as const;

export interface AuthorizationOptions<U extends BaseUserWithoutId> {
  requiresVerification: boolean;
  roles: Readonly<Record<string, RoleCheck<U>>>;
}

/** Decides who may do what: the meaning of `@Authorized(…)` and `@CurrentUser()`. */
export class Authorization<U extends BaseUserWithoutId> {
  constructor(
    private readonly authenticator: Authenticator<U>,
    private readonly bodies: Bodies,
    private readonly sessions: Sessions<U>,
    private readonly options: AuthorizationOptions<U>,
  ) {}

  /**
   * Lets a request pass whose user has all the roles.
   * @throws UnauthorizedError, ForbiddenError, ReauthenticationRequiredError, each as its status says
   * @throws NotFoundError and what is wrong with the body, which come first
   */
  async require(request: Request, roles: readonly string[]): Promise<Authentication<U>> {
    this.bodies.admit(request);
    const authentication = await this.authenticator.authenticate(request);
    if (authentication === null) throw this.authenticator.unauthorized(request);
    if (!this.isAdmitted(authentication.user, request)) throw new ForbiddenError();
    // Freshness is asked for last: showing a password again would not help who may not do it anyway.
    for (const role of roles)
      if (role !== 'fresh' && !(await this.hasRole(authentication.user, role))) throw new ForbiddenError();
    if (roles.includes('fresh') && !this.sessions.isFresh(authentication.session)) throw new ReauthenticationRequiredError();
    return authentication;
  }

  /** The user of a request that may also be nobody's. */
  async find(request: Request): Promise<Authentication<U> | null> {
    this.bodies.admit(request);
    const authentication = await this.authenticator.authenticate(request);
    return authentication !== null && this.isAdmitted(authentication.user, request) ? authentication : null;
  }

  /** Who has yet to verify his address can do nothing but sign out, where verification is required. */
  private isAdmitted(user: U, request: Request): boolean {
    return user.isVerified || !this.options.requiresVerification || receivedRoute(request)?.endsWith('logout') === true;
  }

  private async hasRole(user: U, role: string): Promise<boolean> {
    if (role === 'verified') return user.isVerified;
    if (role === 'superuser') return user.isSuperuser;
    const check = Object.hasOwn(this.options.roles, role) ? this.options.roles[role] : undefined;
    if (check === undefined)
      throw new Error(`@Authorized('${role}'): there is no such role. Add it to the \`roles\` of setupUsers`);
    return (await check(user)) === true;
  }
}
