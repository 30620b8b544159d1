import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type JsonWebKey,
  KeyObject,
} from 'node:crypto';

/**
 * How tokens are signed. HS256 is for who signs and verifies in one place; the others let services verify by the public key.
 * PS256 is RSA with PSS, EdDSA is Ed25519.
 */
export type JwtAlgorithm = 'HS256' | 'RS256' | 'ES256' | 'PS256' | 'EdDSA';

export interface JwtKeyOptions {
  /** The name by which a token tells its key. @defaultValue one that is made of the key, the same in every process */
  kid?: string;
  algorithm: JwtAlgorithm;
  /**
   * The private key, as PEM, JWK or KeyObject; for HS256 a secret of at least 32 bytes. A public key only verifies, as one that was rotated out.
   */
  key: string | Buffer | JsonWebKey | KeyObject;
}

/** A key that fits its algorithm. Made once: jsonwebtoken takes fifty times as long where it has to make one for each call. */
export interface JwtKey {
  kid: string;
  algorithm: JwtAlgorithm;
  /** Undefined where only the public part is known. */
  signingKey: KeyObject | undefined;
  verifyingKey: KeyObject;
}

const fewestSecretBytes = 32;
const fewestModulusBits = 2048;

/** What each algorithm takes, as Node names it. */
const keyTypes: Record<JwtAlgorithm, readonly string[]> = {
  HS256: ['secret'],
  RS256: ['rsa'],
  PS256: ['rsa', 'rsa-pss'],
  ES256: ['ec'],
  EdDSA: ['ed25519'],
};

/**
 * Makes a key, or tells what is wrong with it by a sentence, which never holds the key.
 * @param option - the name of the option, for the sentence
 */
export function readJwtKey({ kid, algorithm, key }: JwtKeyOptions, option: string): JwtKey | string {
  const types = Object.hasOwn(keyTypes, algorithm) ? keyTypes[algorithm] : undefined;
  if (types === undefined) {
    return `\`${option}.algorithm\` is none of ${Object.keys(keyTypes).join(', ')}.`;
  }
  if (kid !== undefined && (typeof kid !== 'string' || kid === ''))
    return `\`${option}.kid\` is no text, or an empty one: leave it out, or name the key.`;
  const read = algorithm === 'HS256' ? toSecret(key) : toAsymmetricKey(key);
  if (read === null) {
    return `\`${option}.key\` cannot be read: give ${algorithm === 'HS256' ? 'a secret' : 'a private key without a passphrase, as PEM, JWK or KeyObject'}.`;
  }
  const fault = faultOf(read, algorithm, types);
  if (fault !== null) return `\`${option}.key\` ${fault}`;
  const verifyingKey = read.type === 'private' ? createPublicKey(read) : read;
  return {
    kid: kid ?? kidOf(verifyingKey),
    algorithm,
    signingKey: read.type === 'public' ? undefined : read,
    verifyingKey,
  };
}

function faultOf(key: KeyObject, algorithm: JwtAlgorithm, types: readonly string[]): string | null {
  const type = key.asymmetricKeyType ?? key.type;
  if (!types.includes(type)) return `is of type ${type}, and ${algorithm} takes ${types.join(' or ')}.`;
  if (key.type === 'secret') {
    const bytes = key.symmetricKeySize ?? 0;
    return bytes < fewestSecretBytes ? `has ${bytes} bytes, at least ${fewestSecretBytes} are needed: randomBytes(32)` : null;
  }
  const { modulusLength = 0, namedCurve, hashAlgorithm } = key.asymmetricKeyDetails ?? {};
  if (type.startsWith('rsa') && modulusLength < fewestModulusBits) {
    return `has ${modulusLength} bits, at least ${fewestModulusBits} are needed.`;
  }
  if (hashAlgorithm !== undefined && hashAlgorithm !== 'sha256')
    return `is bound to ${hashAlgorithm}, and ${algorithm} takes sha256.`;
  return type === 'ec' && namedCurve !== 'prime256v1'
    ? `is on the curve ${namedCurve}, and ES256 takes P-256 (prime256v1).`
    : null;
}

/** A PEM is no secret: whoever has a public key could sign with it. */
function toSecret(key: JwtKeyOptions['key']): KeyObject | null {
  if (key instanceof KeyObject) return key;
  if (typeof key === 'string') return key.includes('-----BEGIN') ? null : createSecretKey(key, 'utf8');
  return Buffer.isBuffer(key) ? createSecretKey(key) : null;
}

function toAsymmetricKey(key: JwtKeyOptions['key']): KeyObject | null {
  if (key instanceof KeyObject) return key;
  return attempt(() => createPrivateKey(sourceOf(key))) ?? attempt(() => createPublicKey(sourceOf(key)));
}

function sourceOf(
  key: Exclude<JwtKeyOptions['key'], KeyObject>,
): Parameters<typeof createPrivateKey>[0] & Parameters<typeof createPublicKey>[0] {
  if (typeof key === 'string' && key.trimStart().startsWith('{')) return { key: JSON.parse(key), format: 'jwk' };
  return typeof key === 'string' || Buffer.isBuffer(key) ? key : { key, format: 'jwk' };
}

/** Node's errors on keys may hold parts of them; the caller tells of the fault by its own sentence. */
function attempt(make: () => KeyObject): KeyObject | null {
  try {
    return make();
  } catch {
    return null;
  }
}

/** The same in every process, and telling nothing of a secret. */
function kidOf(key: KeyObject): string {
  const digest =
    key.type === 'secret'
      ? createHmac('sha256', key).update('kid')
      : createHash('sha256').update(key.export({ type: 'spki', format: 'der' }));
  return digest.digest('base64url').slice(0, 16);
}
