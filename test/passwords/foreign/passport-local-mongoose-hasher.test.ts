import { pbkdf2Sync } from 'node:crypto';
import { expect } from 'chai';
import { PassportLocalMongooseHasher } from '../../../src/passwords/index.js';
import { itReadsForeignHashes } from './foreign-hashers.js';

describe('PassportLocalMongooseHasher', () => {
  const hasher = new PassportLocalMongooseHasher();
  const salt = '9a3f5c9a3f5c9a3f5c9a3f5c9a3f5c9a3f5c9a3f5c9a3f5c9a3f5c9a3f5c0b1c';
  // The start of what Python's hashlib.pbkdf2_hmac makes with the plugin's defaults.
  const start =
    '7da4d307c372c81b3ff540083481a89bfcb4c7387a453e5dce53f0d8007b97e7' +
    '62cd07bba7ff19925c09be18b43114a8d4f724f1d6082dd993b8481a49313630';
  const hash = PassportLocalMongooseHasher.join({ salt, hash: start });

  itReadsForeignHashes(hasher, 'correct horse battery staple', hash);

  it('keeps the first block of the 512 bytes, so that it fits a column of 255 characters', async () => {
    const whole = pbkdf2Sync('correct horse battery staple', salt, 25_000, 512, 'sha256').toString('hex');
    expect(PassportLocalMongooseHasher.join({ salt, hash: whole })).to.equal(hash);
    expect(hash).to.have.length.below(256);
  });

  it('does not read a part of a block', () => {
    const cut = PassportLocalMongooseHasher.join({ salt, hash: start.slice(0, 40) });
    expect(hasher.recognizes(cut)).to.equal(false);
  });

  it('reads other settings of the plugin', async () => {
    const old = PassportLocalMongooseHasher.join({
      salt,
      hash: '579d37a3a4f9e39b58f11742fb8493eb12eeee19e4d158972899a0e68d54d52376067c669bbad6ed8a9afd1a9cf48569',
      digestAlgorithm: 'sha1',
    });
    expect(await hasher.verify('correct horse battery staple', old)).to.equal(true);
    const costly = pbkdf2Sync('correct horse', salt, 30_000, 512, 'sha512').toString('hex');
    const tagged = PassportLocalMongooseHasher.join({ salt, hash: costly, iterations: 30_000, digestAlgorithm: 'sha512' });
    expect(await hasher.verify('correct horse', tagged)).to.equal(true);
    expect(await hasher.verify('wrong horse', tagged)).to.equal(false);
  });
});
