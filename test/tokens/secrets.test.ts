import { hkdfSync } from 'node:crypto';
import { expect } from 'chai';
import { checkSecret, Secrets } from '../../src/tokens/index.js';

const first = 'a first secret of more than 32 bytes';
const second = 'a second secret of more than 32 bytes';

describe('Secrets', () => {
  it('derives a key for each purpose by HKDF-SHA256', () => {
    const [key] = new Secrets(first).keys('verify');
    expect(key).to.deep.equal(Buffer.from(hkdfSync('sha256', first, '', 'verify', 32)));
    expect(key).not.to.deep.equal(new Secrets(first).keys('reset-password')[0]);
  });

  it('gives one key for each secret, in their order', () => {
    const keys = new Secrets([second, first]).keys('verify');
    expect(keys).to.deep.equal([...new Secrets(second).keys('verify'), ...new Secrets(first).keys('verify')]);
  });

  it('derives once', () => {
    const secrets = new Secrets(first);
    expect(secrets.keys('verify')).to.equal(secrets.keys('verify'));
  });
});

describe('checkSecret', () => {
  it('finds nothing wrong with 32 bytes, one secret or several', () => {
    expect(checkSecret(first)).to.deep.equal([]);
    expect(checkSecret('é'.repeat(8) + 'ab'.repeat(8))).to.deep.equal([]);
    expect(checkSecret([first, second])).to.deep.equal([]);
  });

  for (const [secret, sentence] of [
    [undefined, '`secret` is missing'],
    [null, '`secret` is missing'],
    ['', '`secret` is missing'],
    ['hunter2hunt2', '`secret` has 12 bytes, at least 32 are needed: randomBytes(32)'],
    ['x'.repeat(31), '`secret` has 31 bytes, at least 32 are needed'],
    [[], '`secret` is an empty list'],
    [[first, 'hunter2'], '`secret[1]` has 7 bytes'],
    [[first, undefined], '`secret[1]` is no string'],
    [42, '`secret` is no string'],
    [Buffer.alloc(32), '`secret` is no string'],
  ] as const) {
    it(`says "${sentence}"`, () => {
      const faults = checkSecret(secret);
      expect(faults).to.have.length(1);
      expect(faults[0]).to.contain(sentence).and.not.to.contain('hunter2');
    });
  }

  it('names the option', () => {
    expect(checkSecret('short', 'resetPasswordTokenSecret')[0]).to.contain('`resetPasswordTokenSecret` has 5 bytes');
  });
});
