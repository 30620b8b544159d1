import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { MemoryLimiter } from '../../src/limits/stores/memory-limiter.js';

describe('MemoryLimiter', () => {
  const options = { name: 'login', points: 5, durationSeconds: 60, blockSeconds: 0 };

  it('holds no more keys than its bound, also when they come in parallel', async () => {
    const limiter = new MemoryLimiter(options, 100);
    await Promise.all(Array.from({ length: 5000 }, (_, index) => limiter.consume(`key ${index}`)));
    expect(limiter.size).to.equal(100);
    limiter.clear();
    expect(limiter.size).to.equal(0);
  });

  it('keeps a key with many tries while a flood of new ones passes', async () => {
    const limiter = new MemoryLimiter(options, 100);
    for (let tries = 0; tries < 5; tries += 1) {
      await limiter.consume('ada');
    }
    await Promise.all(Array.from({ length: 5000 }, (_, index) => limiter.consume(`key ${index}`)));
    let refusal: unknown;
    await limiter.consume('ada').catch((error: unknown) => {
      refusal = error;
    });
    expect(refusal).to.include({ consumedPoints: 6 });
    limiter.clear();
  });

  it('lets go of keys whose window has ended', async () => {
    const limiter = new MemoryLimiter({ ...options, durationSeconds: 1 }, 100);
    await Promise.all(Array.from({ length: 50 }, (_, index) => limiter.consume(`key ${index}`)));
    await wait(1100);
    await limiter.consume('ada');
    expect(limiter.size).to.equal(1);
    expect(await limiter.get('key 1')).to.equal(null);
    limiter.clear();
  });
});
