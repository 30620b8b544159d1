import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { Encryption } from '../../src/tokens/index.js';

describe('Encryption', () => {
  const key = randomBytes(32);
  const encryption = new Encryption([key]);
  const sealed = encryption.encrypt('a provider’s token', 'oauth:1');

  it('gives the text back, the empty one too', () => {
    expect(encryption.decrypt(sealed, 'oauth:1')).to.equal('a provider’s token');
    expect(encryption.decrypt(encryption.encrypt('', 'c'), 'c')).to.equal('');
    expect(sealed)
      .to.match(/^v1\.[\w-]+$/)
      .and.not.to.contain('token');
  });

  it('never makes the same twice', () => {
    expect(encryption.encrypt('a', 'c')).not.to.equal(encryption.encrypt('a', 'c'));
  });

  it('does not give it in another context', () => {
    expect(encryption.decrypt(sealed, 'oauth:2')).to.equal(null);
  });

  it('does not give it when anything was changed or cut', () => {
    const bytes = Buffer.from(sealed.slice(3), 'base64url');
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(encryption.decrypt(`v1.${changed.toString('base64url')}`, 'oauth:1')).to.equal(null);
      expect(encryption.decrypt(`v1.${bytes.subarray(0, index).toString('base64url')}`, 'oauth:1')).to.equal(null);
    }
    for (const text of ['', 'v1.', 'v2.AAAA', 'plain', sealed.slice(3), `v2.${sealed.slice(3)}`])
      expect(encryption.decrypt(text, 'oauth:1')).to.equal(null);
  });

  it('rotates: the first key encrypts, all decrypt', () => {
    const rotated = new Encryption([randomBytes(32), key]);
    expect(rotated.decrypt(sealed, 'oauth:1')).to.equal('a provider’s token');
    expect(encryption.decrypt(rotated.encrypt('a', 'c'), 'c')).to.equal(null);
    expect(new Encryption([randomBytes(32)]).decrypt(sealed, 'oauth:1')).to.equal(null);
  });

  it('does not begin without a good key', () => {
    expect(() => new Encryption([]).encrypt('a', 'c')).to.throw();
    expect(() => new Encryption([randomBytes(16)]).encrypt('a', 'c')).to.throw();
  });
});
