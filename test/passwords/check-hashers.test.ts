import { expect } from 'chai';
import { BcryptHasher, checkHashers, DjangoHasher } from '../../src/passwords/index.js';
import { CountingHasher, weakBcrypt } from './weak-hashers.js';

describe('checkHashers', () => {
  it('finds nothing wrong with good hashers, or with none given', () => {
    expect(checkHashers([weakBcrypt(), new CountingHasher('old')])).to.deep.equal([]);
    expect(checkHashers(undefined)).to.deep.equal([]);
  });

  it('says what to write for something that is no list, or an empty one', () => {
    for (const hashers of [[], {}, null, 'bcrypt', weakBcrypt()]) {
      expect(checkHashers(hashers)).to.deep.equal(['hashers is a list with at least one hasher: hashers: [new BcryptHasher()]']);
    }
  });

  it('tells a class from an instance', () => {
    expect(checkHashers([BcryptHasher])).to.deep.equal(['hashers[0] is the class itself: write new BcryptHasher()']);
  });

  it('names the missing methods', () => {
    expect(checkHashers([weakBcrypt(), { hash: () => '' }, null])).to.deep.equal([
      'hashers[1] is no PasswordHasher: it has no method verify, recognizes',
      'hashers[2] is no PasswordHasher: it has no method hash, verify, recognizes',
    ]);
  });

  it('refuses one that only reads hashes in the first place', () => {
    expect(checkHashers([weakBcrypt(), new DjangoHasher()])).to.deep.equal([]);
    expect(checkHashers([new DjangoHasher()])).to.deep.equal([
      'hashers[0] only reads hashes of another system. Put one that makes them first: hashers: [new BcryptHasher(), …]',
    ]);
  });

  it('passes on what the hashers themselves find wrong', () => {
    const hasher = Object.assign(new CountingHasher('new'), { faults: () => ['a package is missing'] });
    expect(checkHashers([weakBcrypt(), hasher])).to.deep.equal(['hashers[1]: a package is missing']);
  });
});
