/** How long a sign-in lasts. An end is final: nothing revives a session. */
export interface SessionOptions {
  /**
   * Seconds after its last use at which a session ends. Longer spares people signing in, and serves whoever finds an open device.
   * @defaultValue 1209600 (14 days)
   */
  idleLifetimeSeconds?: number;
  /**
   * Seconds after sign-in at which a session ends whatever happens. NIST SP 800-63B-4, 2.1.3 advises 30 days at most.
   * @defaultValue 2592000 (30 days)
   */
  absoluteLifetimeSeconds?: number;
  /**
   * Seconds after a password was shown during which sensitive things may be done without showing it again.
   * @defaultValue 300
   */
  freshnessSeconds?: number;
  /**
   * How many sessions a user may have at once; a further sign-in ends the one that was used longest ago. Unlimited unless told.
   */
  maxSessions?: number;
}

export type SessionSettings = Required<Omit<SessionOptions, 'maxSessions'>> & Pick<SessionOptions, 'maxSessions'>;

export const SESSION_DEFAULTS = {
  idleLifetimeSeconds: 14 * 24 * 3600,
  absoluteLifetimeSeconds: 30 * 24 * 3600,
  freshnessSeconds: 300,
} as const satisfies SessionOptions;

export const SESSION_OPTION_NAMES = [
  'idleLifetimeSeconds',
  'absoluteLifetimeSeconds',
  'freshnessSeconds',
  'maxSessions',
] as const;

/** @returns the faults, each a sentence that says what to write */
export function checkSessionOptions(options: SessionOptions): string[] {
  const faults = Object.entries(options)
    .filter(([, value]) => value !== undefined && !(Number.isInteger(value) && value > 0))
    .map(([name]) => `\`sessions.${name}\` must be a whole number above 0`);
  const { idleLifetimeSeconds, absoluteLifetimeSeconds } = { ...SESSION_DEFAULTS, ...options };
  if (faults.length === 0 && idleLifetimeSeconds > absoluteLifetimeSeconds) {
    faults.push('`sessions.idleLifetimeSeconds` is above `sessions.absoluteLifetimeSeconds`, so it would never count: lower it');
  }
  return faults;
}
