import { domainToASCII, domainToUnicode } from 'node:url';
import { registerDecorator, type ValidationOptions } from 'class-validator';

/** What RFC 5321, 4.5.3.1 leaves of a path once its angle brackets are gone. */
export const EMAIL_MAX_LENGTH = 254;
const LOCAL_PART_MAX_LENGTH = 64;

const LOCAL_PART = /^[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const LABEL = '[\\p{L}\\p{N}\\p{M}][\\p{L}\\p{N}\\p{M}-]*(?<!-)';
const DOMAIN = new RegExp(`^(?:${LABEL}\\.)+${LABEL}$`, 'u');
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;

/**
 * The one form in which an address is stored, compared and mailed: trimmed, NFC, lower-cased, its domain in Unicode; or null
 * where it is no single mailbox. Normalizing comes first and validating second, since `＠` and its kin become something else in between.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6531 | RFC 6531}: letters beyond ASCII are allowed in both parts
 */
export function normalizeEmail(input: unknown): string | null {
  if (typeof input !== 'string' || input.length > 4 * EMAIL_MAX_LENGTH || !input.isWellFormed()) return null;
  const address = input.trim().normalize('NFC').toLowerCase().normalize('NFC');
  // Full-width forms, ligatures and the like look like another address: only what compatibility mapping leaves alone is taken.
  if (address !== address.normalize('NFKC') || INVISIBLE.test(address)) return null;
  const at = address.indexOf('@');
  const localPart = address.slice(0, at);
  if (at < 1 || !LOCAL_PART.test(localPart) || [...localPart].length > LOCAL_PART_MAX_LENGTH) return null;
  const domain = normalizeDomain(address.slice(at + 1));
  if (domain === null) return null;
  const normalized = `${localPart}@${domain}`;
  return [...normalized].length > EMAIL_MAX_LENGTH ? null : normalized;
}

/** `xn--bcher-kva.example` and `bücher.example` are one domain, so they must not be two accounts. */
function normalizeDomain(domain: string): string | null {
  if (!DOMAIN.test(domain)) return null;
  const ascii = domainToASCII(domain);
  if (ascii === '' || ascii.length > 253 || ascii.split('.').some((label) => label.length > 63)) return null;
  if (/\.\d+$/.test(ascii)) return null;
  const unicode = domainToUnicode(ascii).normalize('NFC');
  return DOMAIN.test(unicode) ? unicode : null;
}

/** Validates an e-mail address by the rules of {@link normalizeEmail}, which are the library's own. */
export function IsEmailAddress(options?: ValidationOptions): PropertyDecorator {
  return (target, propertyName) => {
    registerDecorator({
      name: 'isEmailAddress',
      target: target.constructor,
      propertyName: String(propertyName),
      options: { message: '$property must be an e-mail address', ...options },
      validator: { validate: (value: unknown) => normalizeEmail(value) !== null },
    });
  };
}
