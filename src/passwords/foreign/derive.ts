import { type BinaryLike, pbkdf2, scrypt } from 'node:crypto';
import { promisify } from 'node:util';

/** The cost of scrypt: `blocks` is N, a power of two, `size` is r, `lanes` is p. @see RFC 7914, section 2 */
export interface ScryptCost {
  blocks: number;
  size: number;
  lanes: number;
}

/** Half a GiB. A stored hash that asks for more is not read, so that an imported row cannot exhaust the memory. */
const MOST_SCRYPT_BYTES = 512 * 1024 * 1024;
const MOST_SCRYPT_LANES = 16;
const MOST_ITERATIONS = 10_000_000;

/** The digests that PBKDF2 is met with, and their length: a stored key that is shorter was cut. */
export const DIGEST_BYTES = { sha1: 20, sha256: 32, sha512: 64 } as const;

export function isDigest(name: string | undefined): name is keyof typeof DIGEST_BYTES {
  return name !== undefined && Object.hasOwn(DIGEST_BYTES, name);
}

/** PBKDF2 on a thread of the pool. @see RFC 8018, section 5.2 */
export const derivePbkdf2 = promisify(pbkdf2);

/** scrypt on a thread of the pool. */
export function deriveScrypt(password: BinaryLike, salt: BinaryLike, bytes: number, cost: ScryptCost): Promise<Buffer> {
  const options = { N: cost.blocks, r: cost.size, p: cost.lanes, maxmem: 2 * scryptBytes(cost) };
  return new Promise((resolve, reject) => {
    scrypt(password, salt, bytes, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

/** Whether a stored cost is one that is worked off in seconds. */
export function isBearableIterations(iterations: number): boolean {
  return Number.isInteger(iterations) && iterations >= 1 && iterations <= MOST_ITERATIONS;
}

/** Whether a stored cost is one of scrypt at all, and one that fits the memory. */
export function isBearableScrypt(cost: ScryptCost): boolean {
  return (
    cost.blocks >= 2 &&
    cost.size >= 1 &&
    cost.lanes >= 1 &&
    cost.lanes <= MOST_SCRYPT_LANES &&
    scryptBytes(cost) <= MOST_SCRYPT_BYTES
  );
}

function scryptBytes(cost: ScryptCost): number {
  return 128 * cost.size * (cost.blocks + cost.lanes + 1);
}
