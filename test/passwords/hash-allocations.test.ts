import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';

const compiled = (name: string): string => JSON.stringify(fileURLToPath(new URL(`../../src/passwords/${name}`, import.meta.url)));

const HASHERS = {
  bcrypt: 'new BcryptHasher({ cost: 4, dangerouslyAllowWeakCost: true })',
  'Argon2id in 7 MiB': 'new Argon2Hasher({ memoryKiB: 7168, passes: 1 })',
};
/** What the test can see. */
const WASTEFUL = `{
  hash: async (password) => { new Uint8Array(100_000); return password; },
  verify: async (password, hash) => new Array(10_000).fill(password).includes(hash),
}`;

/** Bytes on the event loop's heap and beside it, of each of 50 verifications, in a process of its own that never collects garbage. */
async function bytesOfEach(hasher: string): Promise<number> {
  const script = `
    import { Argon2Hasher } from ${compiled('argon2/index.js')};
    import { BcryptHasher, HashQueue } from ${compiled('index.js')};
    const queue = new HashQueue();
    const hasher = ${hasher};
    const hash = await hasher.hash('correct horse');
    const verify = async () => {
      for (let left = 50; left > 0; left -= 1) await queue.run('a client', () => hasher.verify('correct horse', hash));
    };
    const bytes = () => {
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    };
    await verify();
    // What a collection frees beside the heap is gone by the next one.
    gc();
    gc();
    const before = bytes();
    await verify();
    console.log((bytes() - before) / 50);
    process.exit();`;
  const flags = ['--expose-gc', '--min-semi-space-size=64', '--max-semi-space-size=64', '--input-type=module', '--eval', script];
  return Number((await promisify(execFile)(process.execPath, flags)).stdout);
}

describe('what a password hash leaves to the collector', () => {
  for (const [name, hasher] of Object.entries(HASHERS)) {
    it(`is less than 8 KB: ${name}`, async () => {
      expect(await bytesOfEach(hasher)).to.be.within(1, 8000);
    });
  }

  it('is seen where it is more', async () => {
    expect(await bytesOfEach(WASTEFUL)).to.be.above(80_000);
  });
});
