import { createHmac } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { BaseUserWithoutId } from '../model/index.js';
import { type MaybePromise, proceed } from '../runtime/maybe-promise.js';
import type { NewSession, Session } from '../sessions/index.js';
import { createOpaqueToken, digestOf, looksLikeOpaqueToken, opaqueTokenOf, sessionTokenPrefix } from '../tokens/index.js';
import type { AccessToken, AuthenticationStrategy, RenewedToken, StrategyContext, TokenOwner } from './strategy.js';
import { unboundStrategy } from './unbound-strategy.js';

/** An opaque token of 256 bits, of which the table of sessions holds the digest alone. It lives as long as its session. */
export class DatabaseStrategy<U extends BaseUserWithoutId = BaseUserWithoutId> implements AuthenticationStrategy<U> {
  private context?: StrategyContext<U>;

  setUp(context: StrategyContext<U>): void {
    this.context = context;
  }

  readToken(token: string): MaybePromise<TokenOwner<U> | null> {
    if (!looksLikeOpaqueToken(sessionTokenPrefix, token)) return null;
    const { databaseSessions, clock } = this.ready;
    return proceed(databaseSessions.findByTokenDigest(digestOf(token), clock.now()), (found) =>
      found === null ? null : { user: found.user, session: found.session, store: databaseSessions },
    );
  }

  async writeToken(_user: U, session: NewSession, within?: EntityManager): Promise<AccessToken> {
    const { databaseSessions, randomness } = this.ready;
    const { token, tokenDigest } = createOpaqueToken(sessionTokenPrefix, randomness);
    session.tokenDigest = tokenDigest;
    await databaseSessions.create(session, within);
    return { token, expiresAt: session.expiresAt };
  }

  /** Made of the new refresh token's secret, so that several who refresh at once get the same one. */
  renewToken(_user: U, session: Session, secret: Buffer): RenewedToken {
    const { token, tokenDigest } = opaqueTokenOf(sessionTokenPrefix, createHmac('sha256', secret).update('access').digest());
    return { accessToken: { token, expiresAt: session.expiresAt }, tokenDigest };
  }

  async destroyToken(token: string, user: U): Promise<void> {
    const owner = await this.readToken(token);
    if (owner !== null) await this.ready.databaseSessions.end(owner.session.id, user.id);
  }

  private get ready(): StrategyContext<U> {
    return this.context ?? unboundStrategy('DatabaseStrategy');
  }
}
