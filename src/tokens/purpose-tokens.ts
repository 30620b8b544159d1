import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../runtime/clock.js';
import type { JwtClaims } from './jwt-claims.js';
import { KeyRing } from './key-ring.js';
import { Secrets } from './secrets.js';

/** What a token is for. An invitation's is for `reset-password`, only longer-lived. A feature may have purposes of its own. */
export type Purpose = 'reset-password' | 'verify' | 'change-email' | 'mfa' | (string & {});

export interface PurposeTokensOptions {
  secrets: Secrets;
  clock: Clock;
  /** `iss` of the tokens. @defaultValue none */
  issuer?: string;
  /** Secrets of their own for single purposes, such as `resetPasswordTokenSecret`. @defaultValue keys derived from `secrets` */
  overrides?: Partial<Record<Purpose, string | readonly string[]>>;
}

/** The keys of one purpose, made once. */
interface PurposeKeys {
  ring: KeyRing;
  macKeys: readonly KeyObject[];
}

/** The longest MAC that is looked at: SHA-256 in base64url. */
const macLength = 43;

/**
 * Tokens for links and steps, each for one purpose: it has that purpose's key and audience, so that a token for one thing opens no other.
 * Nothing is stored; what is to work once carries a MAC of what its use changes.
 */
export class PurposeTokens {
  private readonly keysByPurpose = new Map<string, PurposeKeys>();
  private readonly overrides: ReadonlyMap<string, string | readonly string[]>;

  constructor(private readonly options: PurposeTokensOptions) {
    this.overrides = new Map(
      Object.entries(options.overrides ?? {}).flatMap(([purpose, secret]) => (secret === undefined ? [] : [[purpose, secret]])),
    );
  }

  /**
   * Makes a token that {@link PurposeTokens.read} takes for this purpose.
   * @param claims - `sub` is the user's id; `aud`, `iss`, `iat` and `exp` are set here
   * @param lifetimeSeconds - whole seconds
   */
  issue(purpose: Purpose, claims: { sub: string; [claim: string]: unknown }, lifetimeSeconds: number): string {
    const iat = Math.floor(this.options.clock.now().getTime() / 1000);
    const { issuer } = this.options;
    return this.keysOf(purpose).ring.sign({
      ...claims,
      aud: audienceOf(purpose),
      ...(issuer === undefined ? {} : { iss: issuer }),
      iat,
      exp: iat + lifetimeSeconds,
    });
  }

  /**
   * Gives the claims of a token that was made for this purpose and is still good.
   * @param token - from outside, whatever it is
   * @returns null for any other
   */
  read(purpose: Purpose, token: unknown): JwtClaims | null {
    const { issuer, clock } = this.options;
    return this.keysOf(purpose).ring.verify(token, {
      audience: audienceOf(purpose),
      ...(issuer === undefined ? {} : { issuer }),
      now: clock.now(),
      // The tokens come from this clock: there is no difference to bridge, and an expired link is expired.
      clockToleranceSeconds: 0,
    });
  }

  /** A MAC of the parts in their order, base64url, 43 characters. `('ab', 'c')` and `('a', 'bc')` differ. */
  mac(purpose: Purpose, ...parts: string[]): string {
    const [newest] = this.keysOf(purpose).macKeys;
    if (newest === undefined) throw new Error(`There is no key for ${purpose}.`);
    return macOf(newest, parts).toString('base64url');
  }

  /** Whether a MAC is that of the parts, by any of the keys. It takes the same time wherever they differ. */
  macMatches(purpose: Purpose, mac: unknown, ...parts: string[]): boolean {
    if (typeof mac !== 'string' || mac.length !== macLength) return false;
    const given = Buffer.from(mac, 'base64url');
    return this.keysOf(purpose).macKeys.some((key) => {
      const right = macOf(key, parts);
      return given.length === right.length && timingSafeEqual(given, right);
    });
  }

  private keysOf(purpose: Purpose): PurposeKeys {
    let keys = this.keysByPurpose.get(purpose);
    if (keys === undefined) {
      const override = this.overrides.get(purpose);
      const secrets = override === undefined ? this.options.secrets : new Secrets(override);
      keys = {
        ring: KeyRing.ofSecrets(secrets.keys(`routing-controllers-users/${purpose}`)),
        macKeys: secrets.keys(`routing-controllers-users/${purpose}/mac`).map((key) => createSecretKey(key)),
      };
      this.keysByPurpose.set(purpose, keys);
    }
    return keys;
  }
}

function audienceOf(purpose: Purpose): string {
  return `users:${purpose}`;
}

/** JSON keeps the parts apart, whatever they hold. */
function macOf(key: KeyObject, parts: readonly string[]): Buffer {
  return createHmac('sha256', key).update(JSON.stringify(parts)).digest();
}
