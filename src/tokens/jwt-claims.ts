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
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return null;
  const { sub, aud, iat, exp, nbf, iss, ...others }: Record<string, unknown> = { ...payload };
  const now = Math.floor(expected.now.getTime() / 1000);
  const tolerance = expected.clockToleranceSeconds ?? defaultTolerance;
  const audience = Array.isArray(aud) && aud.length === 1 ? aud[0] : aud;
  if (typeof sub !== 'string' || sub === '' || audience !== expected.audience) return null;
  if (!isTime(iat) || iat > now + tolerance) return null;
  if (!isTime(exp) || exp <= now - tolerance) return null;
  if (nbf !== undefined && (!isTime(nbf) || nbf > now + tolerance)) return null;
  if (iss !== undefined && typeof iss !== 'string') return null;
  if (expected.issuer !== undefined && iss !== expected.issuer) return null;
  return {
    ...others,
    sub,
    aud: expected.audience,
    iat,
    exp,
    ...(nbf === undefined ? {} : { nbf }),
    ...(iss === undefined ? {} : { iss }),
  };
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
