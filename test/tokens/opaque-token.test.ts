import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { systemRandomness } from '../../src/runtime/randomness.js';
import {
  createOpaqueToken,
  digestOf,
  looksLikeOpaqueToken,
  opaqueTokenOf,
  refreshTokenPrefix,
  sessionTokenPrefix,
} from '../../src/tokens/index.js';

describe('opaque tokens', () => {
  const { token, tokenDigest } = createOpaqueToken(sessionTokenPrefix, systemRandomness);

  it('begin with a prefix that scanners find, hold 256 bits, and fit header and cookie', () => {
    expect(token).to.match(/^rcu_st_[\w-]{49}$/);
    expect(createOpaqueToken(refreshTokenPrefix, systemRandomness).token).to.match(/^rcu_rt_/);
    expect(createOpaqueToken(sessionTokenPrefix, systemRandomness).token).not.to.equal(token);
  });

  it('are stored as their SHA-256', () => {
    expect(tokenDigest).to.equal(digestOf(token)).and.to.equal(createHash('sha256').update(token).digest('base64url'));
    expect(tokenDigest).to.have.length(43);
  });

  it('are the same for the same 32 bytes, and made of no fewer', () => {
    const bytes = Buffer.alloc(32, 7);
    expect(opaqueTokenOf('p_', bytes)).to.deep.equal(opaqueTokenOf('p_', bytes));
    expect(() => opaqueTokenOf('p_', Buffer.alloc(31))).to.throw(RangeError);
  });

  it('are told from others without a look-up', () => {
    expect(looksLikeOpaqueToken(sessionTokenPrefix, token)).to.equal(true);
    expect(looksLikeOpaqueToken(refreshTokenPrefix, token)).to.equal(false);
    for (const bad of [
      '',
      token.slice(1),
      token.slice(0, -1),
      `${token}A`,
      ` ${token}`,
      token.toUpperCase(),
      null,
      undefined,
      0,
      [token],
      { token },
    ]) {
      expect(looksLikeOpaqueToken(sessionTokenPrefix, bad)).to.equal(false);
    }
    const typo = token.replace(/.{10}$/, (end) => (end.startsWith('A') ? `B${end.slice(1)}` : `A${end.slice(1)}`));
    expect(looksLikeOpaqueToken(sessionTokenPrefix, typo)).to.equal(false);
    expect(looksLikeOpaqueToken(sessionTokenPrefix, token.replace(/.$/, '\n'))).to.equal(false);
  });
});
