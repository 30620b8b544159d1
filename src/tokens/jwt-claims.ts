import { isRecord } from '../runtime/records.js';

/** What a token that verified says. */
export interface JwtClaims {
  sub: string;
  aud: string;
  /** Seconds since 1970, as `exp` and `nbf`. */
  iat: number;
  exp: number;
  nbf?: number;
  iss?: string;
  [claim: string]: unknown;
}

export interface ExpectedClaims {
  audience: string;
  /** Where given, a token must name it. */
  issuer?: string;
  now: Date;
  /** Seconds by which the clocks of two servers may differ. @defaultValue 5 */
  clockToleranceSeconds?: number;
}

const defaultTolerance = 5;

/**
 * Puts the rules to the claims of a token whose signature is good.
 * @returns the claims, or null where one is missing, of a wrong form, or not as expected
 * @see {@link https://www.rfc-editor.org/rfc/rfc8725#section-3 | RFC 8725, 3}
 */
export function checkClaims(payload: unknown, expected: ExpectedClaims): JwtClaims | null {
  if (!isRecord(payload)) return null;
  const { aud } = payload;
  // A list of one says the same as a text, and is told as one.
  const claims = Array.isArray(aud) && aud.length === 1 ? { ...payload, aud: aud[0] as unknown } : payload;
  return isAsExpected(claims, expected) ? claims : null;
}

function isAsExpected(claims: Record<string, unknown>, expected: ExpectedClaims): claims is JwtClaims {
  const { sub, aud, iat, exp, nbf, iss } = claims;
  const now = Math.floor(expected.now.getTime() / 1000);
  const tolerance = expected.clockToleranceSeconds ?? defaultTolerance;
  return (
    typeof sub === 'string' &&
    sub !== '' &&
    aud === expected.audience &&
    isTime(iat) &&
    iat <= now + tolerance &&
    isTime(exp) &&
    exp > now - tolerance &&
    (nbf === undefined || (isTime(nbf) && nbf <= now + tolerance)) &&
    (iss === undefined || typeof iss === 'string') &&
    (expected.issuer === undefined || iss === expected.issuer)
  );
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
