import type { Request } from 'express';
import { type OriginPolicy, UnauthorizedError } from '../http/index.js';
import type { BaseUserWithoutId } from '../model/index.js';
import type { Session, SessionStore, Sessions } from '../sessions/index.js';
import type { AuthenticationBackend } from './backend.js';
import type { TokenOwner, UserLookup } from './strategy.js';

/** Who makes a request, and by what. */
export interface Authentication<U extends BaseUserWithoutId> {
  user: U;
  /** Null where the strategy keeps no sessions. */
  session: Session | null;
  backend: AuthenticationBackend<U>;
  token: string;
}

const OUTCOME = Symbol('routing-controllers-users:authentication');

interface Outcome<U extends BaseUserWithoutId> {
  by: Authenticator<U>;
  authentication: Promise<Authentication<U> | null>;
}

/** Finds out who makes a request: once for each, whoever asks. */
export class Authenticator<U extends BaseUserWithoutId> {
  constructor(
    private readonly backends: readonly AuthenticationBackend<U>[],
    private readonly users: UserLookup<U>,
    private readonly sessions: Sessions<U>,
    private readonly origin: OriginPolicy,
  ) {}

  /**
   * The active user whose token the request carries, by the first backend whose token is good; null where none is.
   * @throws {@link CsrfRejectedError} when a cookie authenticates an unsafe request of another site
   * @throws {@link ServiceUnavailableError} when a store cannot be reached: it lets nobody in
   */
  authenticate(request: Request): Promise<Authentication<U> | null> {
    const holder: Request & { [OUTCOME]?: Outcome<U> } = request;
    const known = holder[OUTCOME];
    if (known?.by === this) return known.authentication;
    const authentication = this.find(request);
    holder[OUTCOME] = { by: this, authentication };
    return authentication;
  }

  /** Whom a token that the browser added by itself names, whatever else the request carries. */
  async ambientAuthentication(request: Request): Promise<Authentication<U> | null> {
    for (const backend of this.backends) {
      if (backend.transport.isAmbient !== true) continue;
      const token = backend.transport.readToken(request);
      const answer = token === null ? null : await backend.strategy.readToken(token, this.users);
      if (token !== null && answer !== null) return { ...asOwner(answer), backend, token };
    }
    return null;
  }

  /** The error for a request that nobody makes, which tells a bad token from none. */
  unauthorized(request: Request): UnauthorizedError {
    return new UnauthorizedError(
      hasTwoAuthorizations(request) || this.backends.some(({ transport }) => transport.readToken(request) !== null),
    );
  }

  private async find(request: Request): Promise<Authentication<U> | null> {
    if (hasTwoAuthorizations(request)) return null;
    for (const backend of this.backends) {
      const token = backend.transport.readToken(request);
      if (token === null) continue;
      const answer = await backend.strategy.readToken(token, this.users);
      if (answer === null) continue;
      const { user, session, store } = asOwner(answer);
      if (!user.isActive) continue;
      if (backend.transport.isAmbient === true) this.origin.check(request);
      if (session !== null && store !== null) this.sessions.recordUse(session, store);
      return { user, session, backend, token };
    }
    return null;
  }
}

function asOwner<U extends BaseUserWithoutId>(
  answer: TokenOwner<U> | U,
): { user: U; session: Session | null; store: SessionStore<U> | null } {
  return isOwner(answer) ? answer : { user: answer, session: null, store: null };
}

function isOwner<U extends BaseUserWithoutId>(answer: TokenOwner<U> | U): answer is TokenOwner<U> {
  return 'user' in answer && 'session' in answer && 'store' in answer;
}

/** Node keeps the first `Authorization` header and drops the others, which a proxy may have gone by: none can be trusted then. */
function hasTwoAuthorizations({ rawHeaders }: Request): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name !== undefined && name.length === 13 && name.toLowerCase() === 'authorization') count += 1;
  }
  return count > 1;
}
