import type { Request, Response } from 'express';
import { type AuthenticationBackend, type Authenticator, type Gate, LoginBadCredentialsError } from '../authentication/index.js';
import type { SecurityEvents } from '../hooks/index.js';
import type { Bodies } from '../http/index.js';
import type { ClientLimits } from '../limits/index.js';
import type { BaseUserWithoutId } from '../model/index.js';
import { LoginBody, LoginForm } from './user.dtos.js';
import type { UserManager } from './user-manager.js';

/** What the login and logout routes of every controller do, whichever backend they are for. */
export class Login<U extends BaseUserWithoutId = BaseUserWithoutId> {
  constructor(
    readonly backends: readonly AuthenticationBackend<U>[],
    private readonly users: UserManager<U>,
    private readonly gate: Gate<U>,
    private readonly authenticator: Authenticator<U>,
    private readonly bodies: Bodies,
    private readonly limits: ClientLimits,
    private readonly events: SecurityEvents,
  ) {}

  /** The backend that a route signs in by, unless it names one. */
  get firstBackend(): AuthenticationBackend<U> {
    const [backend] = this.backends;
    if (backend === undefined) throw new Error('there is no backend');
    return backend;
  }

  /** @returns the body of the answer; undefined for 204 */
  async login(backend: AuthenticationBackend<U>, request: Request, response: Response): Promise<object | undefined> {
    this.bodies.admit(request);
    await this.limits.consume('login', request);
    this.gate.checkOrigin(backend, request);
    const user = await this.users.authenticate(await this.readCredentials(request), request);
    if (user === null) throw new LoginBadCredentialsError();
    return this.users.signIn(user, request, response, { backend, amr: ['pwd'] });
  }

  private async readCredentials(request: Request): Promise<{ username: string; password: string }> {
    if (this.bodies.isForm(request)) return this.bodies.read(LoginForm, request);
    const { username, email, password } = await this.bodies.read(LoginBody, request);
    return { username: email ?? username ?? '', password };
  }

  /** Ends the session of the token that came, whichever backend it belongs to, and those of the cookies beside it. */
  async logout(backend: AuthenticationBackend<U>, request: Request, response: Response): Promise<void> {
    const authentication = await this.authenticator.authenticate(request);
    if (authentication === null) throw this.authenticator.unauthorized(request);
    this.gate.checkOrigin(backend, request);
    const cookies = await this.authenticator.ambientAuthentications(request);
    const ended = [authentication, ...cookies.filter(({ token }) => token !== authentication.token)];
    for (const { backend: from, user, token } of ended) {
      await from.strategy.destroyToken(token, user);
      await this.events.tell('logout', user.id, request, { backend: from.name });
    }
    for (const { transport } of new Set([backend, ...ended.map((one) => one.backend)])) transport.sendLogout(response);
  }
}
