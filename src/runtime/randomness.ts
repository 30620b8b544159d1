import { randomBytes } from 'node:crypto';

/** Gives random bytes. Tests put their own in where a result has to be known beforehand. */
export interface Randomness {
  bytes(size: number): Buffer;
}

export const systemRandomness: Randomness = { bytes: (size) => randomBytes(size) };
