import { expect } from 'chai';
import { BoundedMap } from '../../src/runtime/bounded-map.js';

describe('BoundedMap', () => {
  it('drops the oldest past its bound', () => {
    const map = new BoundedMap<string, number>(2);
    for (const [index, key] of ['a', 'b', 'c'].entries()) map.set(key, index);
    expect([map.get('a'), map.get('b'), map.get('c')]).to.deep.equal([undefined, 1, 2]);
  });

  it('drops none for a key that it has', () => {
    const map = new BoundedMap<string, number>(2);
    for (const [index, key] of ['a', 'b', 'b'].entries()) map.set(key, index);
    expect([map.get('a'), map.get('b')]).to.deep.equal([0, 2]);
  });

  it('has room where an entry was removed', () => {
    const map = new BoundedMap<string, number>(1);
    map.set('a', 0);
    map.delete('a');
    map.set('b', 1);
    expect([map.get('a'), map.get('b')]).to.deep.equal([undefined, 1]);
  });
});
