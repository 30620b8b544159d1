import { expect } from 'chai';
import { FirebaseHasher } from '../../../src/passwords/index.js';
import { UsersSetupError } from '../../../src/runtime/setup-error.js';
import { itReadsForeignHashes } from './foreign-hashers.js';

describe('FirebaseHasher', () => {
  // The sample of https://github.com/firebase/scrypt
  const parameters = {
    signerKey: 'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==',
    saltSeparator: 'Bw==',
    rounds: 8,
    memCost: 14,
  };
  const user = {
    salt: '42xEC+ixf3L2lw==',
    passwordHash: 'lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
  };
  const hash = FirebaseHasher.join(user);

  itReadsForeignHashes(new FirebaseHasher(parameters), 'user1password', hash);

  it('takes salt and hash as the Admin SDK gives them, too', () => {
    const urlSafe = { salt: '42xEC-ixf3L2lw==', passwordHash: user.passwordHash.replaceAll('+', '-').replaceAll('/', '_') };
    expect(FirebaseHasher.join(urlSafe)).to.equal(hash);
  });

  it('makes a string that fits a column of 255 characters', () => {
    expect(hash).to.have.length.below(256);
  });

  it('knows no password under the key of another project', async () => {
    const other = new FirebaseHasher({ ...parameters, signerKey: Buffer.alloc(64, 7).toString('base64') });
    expect(await other.verify('user1password', hash)).to.equal(false);
    const shorter = new FirebaseHasher({ ...parameters, signerKey: Buffer.alloc(32, 7).toString('base64') });
    expect(await shorter.verify('user1password', hash)).to.equal(false);
  });

  it('refuses parameters that are not those of a project', () => {
    for (const wrong of [
      { signerKey: '' },
      { signerKey: '!!!' },
      { saltSeparator: '!' },
      { rounds: 0 },
      { memCost: 1.5 },
      { memCost: 40 },
    ]) {
      expect(() => new FirebaseHasher({ ...parameters, ...wrong }), JSON.stringify(wrong)).to.throw(UsersSetupError);
    }
  });

  it('does not tell the signer key in a fault', () => {
    expect(() => new FirebaseHasher({ ...parameters, signerKey: 'too-short' }))
      .to.throw(UsersSetupError)
      .with.property('message')
      .that.does.not.include('too-short');
  });
});
