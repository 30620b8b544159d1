import type { Request, Response } from 'express';
import type { EntityManager } from 'typeorm';
import { type Database, isForeignKeyViolation } from '../database/index.js';
import type { HookDispatcher, SecurityEvents } from '../hooks/index.js';
import { clientAddress, type OriginPolicy, ServiceUnavailableError, userAgent } from '../http/index.js';
import type { BaseUserWithoutId } from '../model/index.js';
import type { Clock } from '../runtime/clock.js';
import { describeError } from '../runtime/describe-error.js';
import type { Logger } from '../runtime/logger.js';
import type { Randomness } from '../runtime/randomness.js';
import type { NewSession, RefreshTokens, Sessions } from '../sessions/index.js';
import type { PurposeTokens } from '../tokens/index.js';
import { LoginBadCredentialsError, LoginUserNotVerifiedError, MfaRequiredError } from './authentication.errors.js';
import type { Authenticator } from './authenticator.js';
import type { AuthenticationBackend } from './backend.js';
import type { IssuedTokens } from './issued-tokens.js';
import type { AccessToken } from './strategy.js';

/** A person who has shown who he is, and how. */
export interface SignIn<U extends BaseUserWithoutId> {
  user: U;
  /** The stamp that was read together with what the person was checked against: a password changed meanwhile is another stamp. */
  securityStamp: string;
  backend: AuthenticationBackend<U>;
  /** `['pwd']`, `['oauth']`, … */
  amr: readonly string[];
  request: Request;
  response: Response;
  /** The app's transaction, where it signs in inside one. */
  within?: EntityManager;
}

/** Tells which second factors a user has to show; a feature provides it. */
export type SecondFactors<U extends BaseUserWithoutId> = (user: U, amr: readonly string[]) => Promise<readonly string[]>;

export interface GateOptions<U extends BaseUserWithoutId> {
  requiresVerification: boolean;
  secondFactors: readonly SecondFactors<U>[];
}

/** What the gate works with. */
export interface GateParts<U extends BaseUserWithoutId> {
  database: Database;
  sessions: Sessions<U>;
  refreshTokens: RefreshTokens;
  authenticator: Authenticator<U>;
  origin: OriginPolicy;
  tokens: PurposeTokens;
  hooks: HookDispatcher;
  events: SecurityEvents;
  clock: Clock;
  randomness: Randomness;
  logger: Logger;
}

const MFA_TOKEN_SECONDS = 300;

/** The one gate that every sign-in passes: active, verified where required, second factor, the app's hooks, session. */
export class Gate<U extends BaseUserWithoutId> {
  constructor(
    private readonly options: GateOptions<U>,
    private readonly parts: GateParts<U>,
  ) {}

  /**
   * Refuses a sign-in that another site makes the browser do, where the answer would set a cookie. Asked before the body is read.
   * @throws {@link CsrfRejectedError}
   */
  checkOrigin(backend: AuthenticationBackend<U>, request: Request): void {
    if (backend.transport.isAmbient === true) this.parts.origin.check(request);
  }

  /**
   * Signs a person in: makes a session and puts its tokens on the answer.
   * @returns the body of the answer; undefined where it has none
   * @throws {@link LoginBadCredentialsError} for a user who is not active or was deleted, {@link LoginUserNotVerifiedError},
   *   {@link MfaRequiredError}, and whatever an `@OnBeforeLogin` hook throws. No session was made then
   */
  async signIn(signIn: SignIn<U>): Promise<object | undefined> {
    const { user, backend, amr, request, response, within } = signIn;
    this.checkOrigin(backend, request);
    await this.checkUser(user, amr);
    await this.parts.hooks.run('beforeLogin', user, request);
    const tokens = await this.begin(signIn);
    await this.parts.database.afterCommit(within, () => this.endReplacedSessions(request, tokens.accessToken));
    const body = backend.transport.sendLogin(response, tokens);
    await this.parts.database.afterCommit(within, async () => {
      await this.parts.hooks.notify('afterLogin', user, request, response);
      await this.parts.events.tell('login', user.id, request, { backend: backend.name, amr: [...amr] });
    });
    return body;
  }

  /** Whether a user may be signed in at all: what can be asked before a sign-in is done, as by a flow that gives out a code for it. */
  async checkUser(user: U, amr: readonly string[]): Promise<void> {
    if (!user.isActive) throw new LoginBadCredentialsError();
    if (this.options.requiresVerification && !user.isVerified) throw new LoginUserNotVerifiedError();
    const factors = (await Promise.all(this.options.secondFactors.map((due) => due(user, amr)))).flat();
    if (factors.length > 0) {
      throw new MfaRequiredError(this.parts.tokens.issue('mfa', { sub: String(user.id), amr }, MFA_TOKEN_SECONDS), factors);
    }
  }

  private async begin(signIn: SignIn<U>): Promise<IssuedTokens> {
    const { user, securityStamp, backend, amr, request, within } = signIn;
    const facts = { backend: backend.name, amr, ip: clientAddress(request), userAgent: userAgent(request) };
    const session = this.parts.sessions.draft(user.id, securityStamp, facts);
    const refreshToken =
      backend.refresh === undefined ? null : this.parts.refreshTokens.create(session.id, this.parts.randomness);
    session.refreshDigest = refreshToken?.tokenDigest ?? null;
    const written = await this.write(signIn, session);
    if (typeof written === 'string') {
      return { accessToken: written, expiresIn: null, refreshToken: null, sessionLifetimeSeconds: null };
    }
    await this.parts.sessions.afterCreate(session, within);
    return {
      accessToken: written.token,
      expiresIn: this.secondsUntil(written.expiresAt),
      refreshToken: refreshToken?.token ?? null,
      sessionLifetimeSeconds: this.secondsUntil(session.absoluteExpiresAt),
    };
  }

  private async write({ backend, user, within }: SignIn<U>, session: NewSession): Promise<AccessToken | string> {
    try {
      return await backend.strategy.writeToken(user, session, within);
    } catch (error) {
      // The user was deleted since he was found: he is as unknown as any.
      throw isForeignKeyViolation(error) ? new LoginBadCredentialsError() : error;
    }
  }

  private secondsUntil(time: Date): number {
    return Math.round((time.getTime() - this.parts.clock.now().getTime()) / 1000);
  }

  /** The session whose cookie came along ends: a sign-in always makes a new one (OWASP ASVS 7.2.4). */
  private async endReplacedSessions(request: Request, newToken: string): Promise<void> {
    try {
      for (const { backend, token, user } of await this.parts.authenticator.ambientAuthentications(request)) {
        if (token !== newToken) await backend.strategy.destroyToken(token, user);
      }
    } catch (error) {
      // The new session is there, in its own store: that of the former one must not keep a person out.
      if (!(error instanceof ServiceUnavailableError)) throw error;
      this.parts.logger.warn('a session that a sign-in replaces could not be ended', describeError(error));
    }
  }
}
