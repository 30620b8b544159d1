import { hkdfSync } from 'node:crypto';

const fewestBytes = 32;
const keyLength = 32;
const advice = "randomBytes(32).toString('base64url')";

/**
 * The app's secret, of which each purpose gets a key of its own, so that what one makes is nothing to another.
 * @see {@link https://www.rfc-editor.org/rfc/rfc5869 | RFC 5869}: HKDF
 */
export class Secrets {
  private readonly secrets: readonly string[];
  private readonly derived = new Map<string, Buffer[]>();

  /** @param secret - without fault by {@link checkSecret}; of a list the first makes new tokens, all verify */
  constructor(secret: string | readonly string[]) {
    this.secrets = typeof secret === 'string' ? [secret] : [...secret];
  }

  /** The keys of a purpose, 32 bytes each, one for each secret, newest first. They are derived once. */
  keys(purpose: string): Buffer[] {
    let keys = this.derived.get(purpose);
    if (keys === undefined) {
      keys = this.secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', purpose, keyLength)));
      this.derived.set(purpose, keys);
    }
    return keys;
  }
}

/**
 * Tells at start what is wrong with a secret, each fault by a sentence that says what to write and never holds the secret.
 * @param secret - as the app gave it
 * @param option - the name of the option
 */
export function checkSecret(secret: unknown, option = 'secret'): string[] {
  if (secret === undefined || secret === null || secret === '') {
    return [`\`${option}\` is missing: set it to what ${advice} gives, and keep it out of the code.`];
  }
  if (Array.isArray(secret)) {
    if (secret.length === 0) return [`\`${option}\` is an empty list: put a secret in, such as ${advice} gives.`];
    return secret.flatMap((item: unknown, index) => faultsOf(item, `${option}[${index}]`));
  }
  return faultsOf(secret, option);
}

function faultsOf(secret: unknown, option: string): string[] {
  if (typeof secret !== 'string') {
    return [`\`${option}\` is no string: give a string of at least ${fewestBytes} bytes, such as ${advice} gives.`];
  }
  const bytes = Buffer.byteLength(secret);
  if (bytes < fewestBytes) return [`\`${option}\` has ${bytes} bytes, at least ${fewestBytes} are needed: ${advice}`];
  return [];
}
