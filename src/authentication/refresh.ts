import type { Request, Response } from 'express';
import type { HookDispatcher, SecurityEvents } from '../hooks/index.js';
import { ForbiddenError } from '../http/index.js';
import type { BaseUserWithoutId } from '../model/index.js';
import type { Clock } from '../runtime/clock.js';
import type { DatabaseSessions, FoundSession, RefreshToken, RefreshTokens, Sessions } from '../sessions/index.js';
import { RefreshBadTokenError } from './authentication.errors.js';
import type { AuthenticationBackend } from './backend.js';
import type { IssuedTokens } from './issued-tokens.js';
import type { AuthenticationStrategy } from './strategy.js';

const DEFAULT_GRACE_SECONDS = 10;

type RefreshingBackend<U extends BaseUserWithoutId> = AuthenticationBackend<U> & {
  strategy: Required<Pick<AuthenticationStrategy<U>, 'renewToken'>>;
};

/** What the exchange works with. */
export interface RefreshParts<U extends BaseUserWithoutId> {
  databaseSessions: DatabaseSessions<U>;
  sessions: Sessions<U>;
  refreshTokens: RefreshTokens;
  hooks: HookDispatcher;
  events: SecurityEvents;
  clock: Clock;
}

/**
 * Exchanges refresh tokens. Each works once; within the grace it answers with the same successor again, so that a lost answer and
 * several tabs do no harm. One that comes back later was copied by somebody: its session ends, with all tokens of it.
 * @see {@link https://www.rfc-editor.org/rfc/rfc9700#section-4.14 | RFC 9700, 4.14}
 */
export class Refresh<U extends BaseUserWithoutId> {
  constructor(
    private readonly options: { backends: readonly AuthenticationBackend<U>[]; requiresVerification: boolean },
    private readonly parts: RefreshParts<U>,
  ) {}

  /**
   * @returns the body of the answer, as that of a login
   * @throws {@link RefreshBadTokenError} for a token that is bad or of a session that is over; one that was used before ends its session
   * @throws {@link ForbiddenError} for a user who has yet to verify his address, where that is required
   */
  async refresh(token: string, request: Request, response: Response): Promise<object | undefined> {
    const presented = this.parts.refreshTokens.read(token);
    const found =
      presented === null ? null : await this.parts.databaseSessions.findById(presented.sessionId, this.parts.clock.now());
    if (presented === null || found === null || !found.user.isActive) throw new RefreshBadTokenError();
    const backend = this.backendOf(found);
    if (this.options.requiresVerification && !found.user.isVerified) throw new ForbiddenError();
    const issued = await this.exchange(presented, found, backend);
    if (issued === null) return this.refuseReuse(found, request);
    return backend.transport.sendLogin(response, issued);
  }

  private async exchange(
    presented: RefreshToken,
    found: FoundSession<U>,
    backend: RefreshingBackend<U>,
  ): Promise<IssuedTokens | null> {
    if (presented.tokenDigest !== found.refresh.digest) return this.repeat(presented, found, backend);
    const times = this.parts.sessions.timesOfUse(found.session);
    const session = { ...found.session, ...times };
    const successor = this.parts.refreshTokens.successorOf(presented);
    const { accessToken, tokenDigest } = backend.strategy.renewToken(found.user, session, successor.secret);
    const next = { ...times, refreshDigest: successor.tokenDigest, refreshedAt: this.parts.clock.now(), tokenDigest };
    if (await this.parts.databaseSessions.rotate(session, presented.tokenDigest, next)) {
      return this.issue(accessToken, successor, session.absoluteExpiresAt);
    }
    // Another one was faster: what it made is the answer for both.
    const again = await this.parts.databaseSessions.findById(presented.sessionId, this.parts.clock.now());
    if (again === null) throw new RefreshBadTokenError();
    return this.repeat(presented, again, backend);
  }

  /** Answers a token that was exchanged a moment ago with the same successor, unless that one was used in turn. */
  private repeat(presented: RefreshToken, found: FoundSession<U>, backend: RefreshingBackend<U>): IssuedTokens | null {
    const { digest, previousDigest, rotatedAt } = found.refresh;
    const grace = (backend.refresh?.graceSeconds ?? DEFAULT_GRACE_SECONDS) * 1000;
    if (presented.tokenDigest !== previousDigest || digest === null || rotatedAt === null) return null;
    if (this.parts.clock.now().getTime() - rotatedAt.getTime() > grace) return null;
    const successor = this.parts.refreshTokens.findSuccessor(presented, digest);
    if (successor === null) return null;
    const { accessToken } = backend.strategy.renewToken(found.user, found.session, successor.secret);
    return this.issue(accessToken, successor, found.session.absoluteExpiresAt);
  }

  private issue(accessToken: { token: string; expiresAt: Date }, successor: RefreshToken, sessionEnd: Date): IssuedTokens {
    const now = this.parts.clock.now().getTime();
    return {
      accessToken: accessToken.token,
      expiresIn: Math.max(0, Math.round((accessToken.expiresAt.getTime() - now) / 1000)),
      refreshToken: successor.token,
      sessionLifetimeSeconds: Math.max(0, Math.round((sessionEnd.getTime() - now) / 1000)),
    };
  }

  private async refuseReuse({ user, session }: FoundSession<U>, request: Request): Promise<never> {
    // Of several who come with it at once, the one that ends the session tells of it.
    if (await this.parts.databaseSessions.end(session.id, user.id)) {
      await this.parts.hooks.notify('refreshReuse', user, request);
      await this.parts.events.tell('refresh-reused', user.id, request, { backend: session.backend });
    }
    throw new RefreshBadTokenError();
  }

  private backendOf({ session }: FoundSession<U>): RefreshingBackend<U> {
    const backend = this.options.backends.find(({ name }) => name === session.backend);
    // Refresh was switched off, or the backend renamed, since the token was made.
    if (backend?.refresh === undefined || backend.strategy.renewToken === undefined) throw new RefreshBadTokenError();
    return backend as RefreshingBackend<U>;
  }
}
