import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { Mutex } from '../../src/database/mutex.js';

describe('a mutex', () => {
  it('lets one in at a time, in the order in which they came', async () => {
    const mutex = new Mutex();
    const seen: string[] = [];
    const work = (name: string) => async () => {
      seen.push(`${name} in`);
      await turn();
      seen.push(`${name} out`);
    };
    await Promise.all(['a', 'b', 'c'].map((name) => mutex.run(work(name))));
    expect(seen).to.deep.equal(['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
  });

  it('lets whoever is inside in again, which would wait for itself for ever', async () => {
    const mutex = new Mutex();
    const nested = mutex.run(async () => {
      await turn();
      return mutex.run(async () => 'nested');
    });
    expect(await nested).to.equal('nested');
  });

  it('keeps out what was left running by one whose turn is over', async () => {
    const mutex = new Mutex();
    const seen: string[] = [];
    let left: Promise<unknown> = Promise.resolve();
    await mutex.run(async () => {
      left = (async () => {
        while (!seen.includes('second in')) await turn();
        expect(mutex.isOpen).to.equal(false);
        await mutex.run(async () => seen.push('left in'));
      })();
    });
    await mutex.run(async () => {
      seen.push('second in');
      for (let turns = 0; turns < 10; turns += 1) await turn();
      seen.push('second out');
    });
    await left;
    expect(seen).to.deep.equal(['second in', 'second out', 'left in']);
  });

  it('lets the next one in after a failure, which is for its caller alone', async () => {
    const mutex = new Mutex();
    const failing = mutex.run(() => Promise.reject(new Error('mine')));
    const next = mutex.run(async () => 'next');
    expect(await failing.catch((error: Error) => error.message)).to.equal('mine');
    expect(await next).to.equal('next');
  });

  it('is open while nobody is inside, and to whoever is', async () => {
    const mutex = new Mutex();
    expect(mutex.isOpen).to.equal(true);
    const inside = mutex.run(async () => {
      await turn();
      return mutex.isOpen;
    });
    expect(mutex.isOpen).to.equal(false);
    expect(await inside).to.equal(true);
    expect(mutex.isOpen).to.equal(true);
  });
});
