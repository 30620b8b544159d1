import { expect } from 'chai';
import { ScryptHasher } from '../../../src/passwords/index.js';
import { itReadsForeignHashes } from './foreign-hashers.js';

describe('ScryptHasher', () => {
  const hasher = new ScryptHasher();

  // From passlib's documentation.
  itReadsForeignHashes(
    hasher,
    'password',
    '$scrypt$ln=8,r=8,p=1$WKs1xljLudd6z9kbY0wpJQ$yCR4iDZYDKv+iEJj6yHY0lv/epnfB6f/w1EbXrsJOuQ',
  );

  it('reads costs that are in use', async () => {
    const passlib = '$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E';
    const phc = '$scrypt$ln=15,r=8,p=1$D/EEcdfcBkj4DQB3zlfsFQ$v9Xsag5AySIY78DFKslBzeRXCUfsLKCZ0Xm4Xwoh+J0';
    expect(await hasher.verify('password', passlib)).to.equal(true);
    expect(await hasher.verify('password', phc)).to.equal(true);
  });

  it('does not read a cost that would exhaust the memory, or that is none', () => {
    const salted = 'WKs1xljLudd6z9kbY0wpJQ$yCR4iDZYDKv+iEJj6yHY0lv/epnfB6f/w1EbXrsJOuQ';
    for (const cost of ['ln=30,r=8,p=1', 'ln=14,r=99,p=99', 'ln=0,r=8,p=1', 'ln=8,r=0,p=1', 'ln=8,r=8,p=0', 'ln=99,r=99,p=1']) {
      expect(hasher.recognizes(`$scrypt$${cost}$${salted}`), cost).to.equal(false);
    }
  });
});
