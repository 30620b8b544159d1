import { expect } from 'chai';
import type { ForeignHasher } from '../../../src/passwords/index.js';

/** What holds for each reader of foreign hashes, given a hash and its password. */
export function itReadsForeignHashes(hasher: ForeignHasher, password: string, hash: string): void {
  it('knows the right password, and no other', async () => {
    expect(hasher.recognizes(hash)).to.equal(true);
    expect(await hasher.verify(password, hash)).to.equal(true);
    for (const wrong of ['', `${password} `, password.toUpperCase(), hash]) {
      expect(await hasher.verify(wrong, hash), wrong).to.equal(false);
    }
  });

  it('answers false for a hash that is cut, garbled or of another form', async () => {
    const garbled = [
      '',
      '$',
      hash.slice(0, 20),
      hash.slice(0, -30),
      ` ${hash}`,
      `${hash}\n`,
      `${hash}$`,
      hash.replace(/^.{4}/, '$xx$'),
    ];
    for (const value of [...garbled, 'plain text', '$2b$04$abcdefghijklmnopqrstuu6C2lJ7UJEvXC0Zbko0UN4ZObQH0IW1O']) {
      expect(hasher.recognizes(value), value).to.equal(false);
      expect(await hasher.verify(password, value), value).to.equal(false);
    }
  });

  it('makes no hashes', async () => {
    const error = await hasher.hash(password).catch((thrown: unknown) => thrown);
    expect(String(error)).to.match(/only verifies/);
  });
}
