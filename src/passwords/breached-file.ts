import { type FileHandle, open } from 'node:fs/promises';
import { BreachLookUpError } from './breach-look-up.error.js';

const DIGEST_DIGITS = 40;
const LINE_FEED = 0x0a;

/** More than two lines of `DIGEST:COUNT` and a line break. */
const PROBE_BYTES = 160;

/** What is left to search is read at once when it is no longer than this. */
const LAST_BYTES = 4096;

/** Looks a digest up by halving the file at byte offsets: a file of 40 GB takes some 24 small reads. */
export function fileLookUp(path: string): (digest: string) => Promise<boolean> {
  return async (digest) => {
    const file = await open(path, 'r');
    try {
      return await search(file, digest);
    } finally {
      await file.close();
    }
  };
}

async function search(file: FileHandle, digest: string): Promise<boolean> {
  // The line is among those that start from low on and before high.
  let low = 0;
  let high = (await file.stat()).size;
  while (high - low > LAST_BYTES) {
    const middle = Math.floor((low + high) / 2);
    const probe = await read(file, middle, PROBE_BYTES);
    const start = probe.indexOf(LINE_FEED) + 1;
    const candidate = probe.toString('latin1', start, start + DIGEST_DIGITS).toUpperCase();
    if (start === 0 || !/^[0-9A-F]{40}$/.test(candidate)) {
      throw new BreachLookUpError('the file is not one of sorted SHA-1 digests, one a line');
    }
    if (digest < candidate) {
      high = middle + start;
    } else {
      low = middle + start;
    }
  }
  const rest = await read(file, low, high - low);
  return rest
    .toString('latin1')
    .split('\n')
    .some((line) => line.slice(0, DIGEST_DIGITS).toUpperCase() === digest);
}

async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
