import { expect } from 'chai';
import { DjangoHasher } from '../../../src/passwords/index.js';
import { itReadsForeignHashes } from './foreign-hashers.js';

describe('DjangoHasher', () => {
  const hasher = new DjangoHasher();

  // From Django's own tests (tests/auth_tests/test_hashers.py).
  itReadsForeignHashes(hasher, 'lètmein', 'pbkdf2_sha256$12000$seasalt$Ybw8zsFxqja97tY/o6G+Fy1ksY4U/Hw3DRrGED6Up4s=');

  it('reads what newer versions write', async () => {
    const hash = 'pbkdf2_sha256$870000$seasalt$wJSpLMQRQz0Dhj/pFpbyjMj71B2gUYp6HJS5AU+32Ac=';
    expect(await hasher.verify('lètmein', hash)).to.equal(true);
  });

  it('reads pbkdf2_sha1', async () => {
    // From passlib's tests of django_pbkdf2_sha1.
    const hash = 'pbkdf2_sha1$10000$wz5B6WkasRoF$atJmJ1o+XfJxKq1+Nu1f1i57Z5I=';
    expect(await hasher.verify('not a password', hash)).to.equal(true);
    expect(await hasher.verify('a password', hash)).to.equal(false);
  });

  it('does not read unusable passwords, no key or a part of one, or a cost that nobody would ask for', () => {
    const key = 'Ybw8zsFxqja97tY/o6G+Fy1ksY4U/Hw3DRrGED6Up4s=';
    for (const hash of [
      '!',
      '!kQ8hB1',
      'pbkdf2_sha256$12000$seasalt$',
      `pbkdf2_sha256$12000$seasalt$${key.slice(0, 22)}`,
      `pbkdf2_sha256$0$seasalt$${key}`,
      `pbkdf2_sha256$99999999$seasalt$${key}`,
    ]) {
      expect(hasher.recognizes(hash), hash).to.equal(false);
    }
  });
});
