import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { type Randomness, systemRandomness } from '../runtime/randomness.js';

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;
/** The form of what is stored, so that a later one can be told from it. */
const version = 'v1.';

/**
 * Encrypts what has to be stored and read again, such as a provider's tokens: AES-256-GCM, the newest key encrypts, all decrypt.
 * @see {@link https://csrc.nist.gov/pubs/sp/800/38/d/final | NIST SP 800-38D}: one key is good for 2^32 texts with random nonces
 */
export class Encryption {
  private readonly keys: readonly KeyObject[];

  /** @param keys - 32 bytes each, newest first */
  constructor(
    keys: readonly Buffer[],
    private readonly randomness: Randomness = systemRandomness,
  ) {
    this.keys = keys.map((key) => createSecretKey(key));
  }

  /**
   * Gives the text encrypted, as ASCII.
   * @param context - where it belongs, such as table, row and column: moved elsewhere it cannot be read
   */
  encrypt(text: string, context: string): string {
    const [key] = this.keys;
    if (key === undefined) throw new Error('There is no key to encrypt with.');
    const iv = this.randomness.bytes(ivBytes);
    const cipher = createCipheriv(algorithm, key, iv, { authTagLength: tagBytes }).setAAD(Buffer.from(context));
    const sealed = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return version + sealed.toString('base64url');
  }

  /** Gives the text back; null where it was changed, belongs to another context, or no key is left that encrypted it. */
  decrypt(text: string, context: string): string | null {
    if (!text.startsWith(version)) return null;
    const sealed = Buffer.from(text.slice(version.length), 'base64url');
    if (sealed.length < ivBytes + tagBytes) return null;
    for (const key of this.keys) {
      const opened = open(key, sealed, context);
      if (opened !== null) return opened;
    }
    return null;
  }
}

function open(key: KeyObject, sealed: Buffer, context: string): string | null {
  const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, ivBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(context)).setAuthTag(sealed.subarray(-tagBytes));
  const opened = decipher.update(sealed.subarray(ivBytes, -tagBytes));
  try {
    return Buffer.concat([opened, decipher.final()]).toString('utf8');
  } catch {
    // `final` throws where the tag does not fit, and for nothing else.
    return null;
  }
}
