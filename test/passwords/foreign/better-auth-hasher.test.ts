import { scryptSync } from 'node:crypto';
import { expect } from 'chai';
import { BetterAuthHasher } from '../../../src/passwords/index.js';
import { itReadsForeignHashes } from './foreign-hashers.js';

describe('BetterAuthHasher', () => {
  const hasher = new BetterAuthHasher();

  // Made by Python's hashlib.scrypt with better-auth's parameters.
  itReadsForeignHashes(
    hasher,
    'correct horse battery staple',
    '0f1e2d3c4b5a69788796a5b4c3d2e1f0:' +
      'ce0a7f7f79cc59b12da1aad85312903aec34216177c1f787b73ffa7cd06379b7' +
      '0e5dba27e21302e5e413460e920aaee30ae13db40516854baf1eff56c90edda7',
  );

  it('takes a password in the form that better-auth gave it', async () => {
    const salt = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';
    const key = scryptSync('fish and chips', salt, 64, { N: 16_384, r: 16, p: 1, maxmem: 2 ** 26 });
    expect(await hasher.verify('\ufb01sh and chips', `${salt}:${key.toString('hex')}`)).to.equal(true);
  });
});
