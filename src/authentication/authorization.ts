import type { Request } from 'express';
import { type Bodies, ForbiddenError, receivedRoute } from '../http/index.js';
import type { ClientLimits } from '../limits/index.js';
import type { BaseUserWithoutId } from '../model/index.js';
import { type MaybePromise, proceed } from '../runtime/maybe-promise.js';
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
    private readonly limits: ClientLimits,
    private readonly options: AuthorizationOptions<U>,
  ) {}

  /**
   * Lets a request pass whose user has all the roles.
   * @throws UnauthorizedError, ForbiddenError, ReauthenticationRequiredError, each as its status says
   * @throws NotFoundError, what is wrong with the body, and TooManyRequestsError where the route is limited, which come first
   */
  require(request: Request, roles: readonly string[]): MaybePromise<Authentication<U>> {
    this.bodies.admit(request);
    return proceed(this.limits.consumeDue(request), () => this.requireUser(request, roles));
  }

  private requireUser(request: Request, roles: readonly string[]): MaybePromise<Authentication<U>> {
    return proceed(this.authenticator.authenticate(request), (authentication) => {
      if (authentication === null) throw this.authenticator.unauthorized(request);
      if (!this.isAdmitted(authentication.user, request)) throw new ForbiddenError();
      return roles.length === 0 ? authentication : this.requireRoles(authentication, roles, 0);
    });
  }

  /** The user of a request that may also be nobody's. */
  find(request: Request): MaybePromise<Authentication<U> | null> {
    this.bodies.admit(request);
    return proceed(this.authenticator.authenticate(request), (authentication) =>
      authentication !== null && this.isAdmitted(authentication.user, request) ? authentication : null,
    );
  }

  /** Freshness is asked for last: showing a password again would not help who may not do it anyway. */
  private requireRoles(
    authentication: Authentication<U>,
    roles: readonly string[],
    from: number,
  ): MaybePromise<Authentication<U>> {
    const role = roles[from];
    if (role === undefined) {
      if (roles.includes('fresh') && !this.sessions.isFresh(authentication.session)) throw new ReauthenticationRequiredError();
      return authentication;
    }
    return proceed(role === 'fresh' || this.hasRole(authentication.user, role), (isGranted) => {
      if (!isGranted) throw new ForbiddenError();
      return this.requireRoles(authentication, roles, from + 1);
    });
  }

  /** Who has yet to verify his address can do nothing but sign out, where verification is required. */
  private isAdmitted(user: U, request: Request): boolean {
    return user.isVerified || !this.options.requiresVerification || receivedRoute(request)?.endsWith('logout') === true;
  }

  private hasRole(user: U, role: string): MaybePromise<boolean> {
    if (role === 'verified') return user.isVerified;
    if (role === 'superuser') return user.isSuperuser;
    const check = Object.hasOwn(this.options.roles, role) ? this.options.roles[role] : undefined;
    if (check === undefined)
      throw new Error(`@Authorized('${role}'): there is no such role. Add it to the \`roles\` of setupUsers`);
    return proceed(check(user), (answer) => answer === true);
  }
}
