import type { EntityManager } from 'typeorm';
import type { BaseUserWithoutId } from '../model/index.js';
import { type MaybePromise, proceed } from '../runtime/maybe-promise.js';
import { isUuid } from '../runtime/uuids.js';
import type { NewSession, Session } from '../sessions/index.js';
import { checkKeys, type JwtKeyOptions, KeyRing, VerifiedTokens } from '../tokens/index.js';
import type { AccessToken, AuthenticationStrategy, RenewedToken, StrategyContext, TokenOwner } from './strategy.js';
import type { AuthenticationTransport } from './transport.js';
import { unboundStrategy } from './unbound-strategy.js';

export interface JwtStrategyOptions {
  /**
   * Seconds that an access token lives, if its session lives that long. A shorter one is renewed more often; an ended session
   * ends its tokens at once in either case. A token is taken for 5 s more, since the clocks of two servers may differ.
   * @defaultValue 900; in a cookie, which no refresh renews, as long as the session may last
   */
  lifetimeSeconds?: number;
  /** Claim `iss`, which must then be there. @defaultValue none */
  issuer?: string;
  /** Claim `aud`. @defaultValue `users:access` */
  audience?: string;
  /**
   * Keys of the app's own: the first signs, all verify, so that keys can be rotated without signing anybody out.
   * @defaultValue HS256 by keys that are derived from `secret`
   */
  keys?: readonly JwtKeyOptions[];
}

const DEFAULT_LIFETIME_SECONDS = 900;

/**
 * A JWT that names its session (`sid`): it ends with its session, at the next request and in every process.
 * @see {@link https://www.rfc-editor.org/rfc/rfc8725 | RFC 8725}
 */
export class JwtStrategy<U extends BaseUserWithoutId = BaseUserWithoutId> implements AuthenticationStrategy<U> {
  private ring?: KeyRing;
  private verified = new VerifiedTokens();
  private context?: StrategyContext<U>;
  /** Names of the backends whose transport is a cookie. */
  private readonly inCookies = new Set<string>();

  constructor(private readonly options: JwtStrategyOptions = {}) {}

  check(): string[] {
    const { lifetimeSeconds, keys } = this.options;
    const faults = keys === undefined ? [] : checkKeys(keys);
    if (lifetimeSeconds !== undefined && !(Number.isInteger(lifetimeSeconds) && lifetimeSeconds > 0)) {
      faults.push('`lifetimeSeconds` of JwtStrategy must be a whole number above 0');
    }
    return faults;
  }

  setUp(context: StrategyContext<U>, { name, transport }: { name: string; transport: AuthenticationTransport }): void {
    const { keys } = this.options;
    if (transport.isAmbient === true) this.inCookies.add(name);
    this.context = context;
    this.verified = new VerifiedTokens();
    this.ring =
      keys === undefined ? KeyRing.ofSecrets(context.secrets.keys('routing-controllers-users/access')) : KeyRing.of(keys);
  }

  readToken(token: string): MaybePromise<TokenOwner<U> | null> {
    const { clock, databaseSessions, parseId } = this.ready();
    const now = clock.now();
    const claims = this.keys().verify(token, { audience: this.audience, issuer: this.options.issuer, now }, this.verified);
    if (claims === null || typeof claims.sid !== 'string' || !isUuid(claims.sid)) return null;
    const userId = parseId(claims.sub);
    if (userId === null) return null;
    return proceed(databaseSessions.findById(claims.sid, now), (found) => {
      if (found === null || String(found.user.id) !== String(userId)) return null;
      return { user: found.user, session: found.session, store: databaseSessions };
    });
  }

  async writeToken(user: U, session: NewSession, within?: EntityManager): Promise<AccessToken> {
    await this.ready().databaseSessions.create(session, within);
    return this.sign(user, session);
  }

  renewToken(user: U, session: Session): RenewedToken {
    return { accessToken: this.sign(user, session), tokenDigest: null };
  }

  async destroyToken(token: string, user: U): Promise<void> {
    const { databaseSessions } = this.ready();
    const owner = await this.readToken(token);
    if (owner !== null) await databaseSessions.end(owner.session.id, user.id);
  }

  /** The public keys, for those who verify tokens elsewhere; empty where the keys are secrets. */
  jwks(): { keys: object[] } {
    return this.keys().jwks();
  }

  private sign(user: U, session: Session): AccessToken {
    const now = this.ready().clock.now().getTime();
    const issuedAt = Math.floor(now / 1000);
    const end = this.endOf(session, issuedAt);
    const claims = { sub: String(user.id), sid: session.id, aud: this.audience, iat: issuedAt, exp: end };
    const token = this.keys().sign(this.options.issuer === undefined ? claims : { ...claims, iss: this.options.issuer });
    // Claims are whole seconds. What is told is counted from now, so that `expires_in` is the lifetime and not a second less.
    return { token, expiresAt: new Date(end * 1000 + (now % 1000)) };
  }

  /** In seconds since 1970. The session is looked up on every request, so that its idle end counts whatever the token says. */
  private endOf({ backend, expiresAt, absoluteExpiresAt }: Session, issuedAt: number): number {
    const { lifetimeSeconds } = this.options;
    const inCookie = this.inCookies.has(backend);
    const sessionEnd = Math.floor((inCookie ? absoluteExpiresAt : expiresAt).getTime() / 1000);
    if (inCookie && lifetimeSeconds === undefined) return sessionEnd;
    return Math.min(issuedAt + (lifetimeSeconds ?? DEFAULT_LIFETIME_SECONDS), sessionEnd);
  }

  private get audience(): string {
    return this.options.audience ?? 'users:access';
  }

  private ready(): StrategyContext<U> {
    return this.context ?? unboundStrategy('JwtStrategy');
  }

  private keys(): KeyRing {
    return this.ring ?? unboundStrategy('JwtStrategy');
  }
}
