import type { Request } from 'express';
import { type OriginPolicy, requestNote, UnauthorizedError } from '../http/index.js';
import type { BaseUserWithoutId } from '../model/index.js';
import { isPromise, type MaybePromise } from '../runtime/maybe-promise.js';
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

/** Finds out who makes a request: once for each, whoever asks. */
export class Authenticator<U extends BaseUserWithoutId> {
  private readonly outcomes = requestNote<MaybePromise<Authentication<U> | null>>();

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
  authenticate(request: Request): MaybePromise<Authentication<U> | null> {
    const known = this.outcomes.get(request);
    if (known !== undefined) return known;
    const outcome = hasTwoAuthorizations(request) ? null : this.find(request, 0);
    this.outcomes.set(request, outcome);
    return outcome;
  }

  /**
   * Whom the good cookies of a request name, whatever else it carries. Of one that another site makes the browser send they count for
   * nothing, or a page elsewhere could end a person's session by signing in as somebody else.
   */
  async ambientAuthentications(request: Request): Promise<Authentication<U>[]> {
    if (!this.origin.allows(request)) return [];
    const found: Authentication<U>[] = [];
    for (const backend of this.backends) {
      if (backend.transport.isAmbient !== true) continue;
      const token = backend.transport.readToken(request);
      const answer = token === null ? null : await backend.strategy.readToken(token, this.users);
      if (token === null || answer === null) continue;
      const { user, session } = asOwner(answer);
      found.push({ user, session, backend, token });
    }
    return found;
  }

  /** The error for a request that nobody makes, which tells a bad token from none. */
  unauthorized(request: Request): UnauthorizedError {
    return new UnauthorizedError(
      hasTwoAuthorizations(request) || this.backends.some(({ transport }) => transport.readToken(request) !== null),
    );
  }

  /** Tries the backends from one on. It makes no promise where a strategy makes none. */
  private find(request: Request, from: number): MaybePromise<Authentication<U> | null> {
    for (let index = from; index < this.backends.length; index += 1) {
      const backend = this.backends[index];
      const token = backend?.transport.readToken(request) ?? null;
      if (backend === undefined || token === null) continue;
      const answer = backend.strategy.readToken(token, this.users);
      if (isPromise(answer)) {
        return answer.then((owner) => this.accept(owner, backend, token, request) ?? this.find(request, index + 1));
      }
      const authentication = this.accept(answer, backend, token, request);
      if (authentication !== null) return authentication;
    }
    return null;
  }

  private accept(
    answer: TokenOwner<U> | U | null,
    backend: AuthenticationBackend<U>,
    token: string,
    request: Request,
  ): Authentication<U> | null {
    if (answer === null) return null;
    const { user, session, store } = asOwner(answer);
    if (!user.isActive) return null;
    if (backend.transport.isAmbient === true) this.origin.check(request);
    if (session !== null && store !== null) this.sessions.recordUse(session, store);
    return { user, session, backend, token };
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
function hasTwoAuthorizations({ headers, rawHeaders }: Request): boolean {
  if (headers.authorization === undefined) return false;
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name !== undefined && name.length === 13 && name.toLowerCase() === 'authorization') count += 1;
  }
  return count > 1;
}
