import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { KeyRing, VerifiedTokens } from '../../src/tokens/index.js';
import { claims, now, seconds } from './jwt-support.js';

describe('VerifiedTokens', () => {
  const ring = KeyRing.of([{ algorithm: 'HS256', kid: 'k', key: randomBytes(32) }]);
  const expected = { audience: claims.aud, now };
  const token = ring.sign(claims);

  it('gives what a token says without verifying it again', () => {
    const verified = new VerifiedTokens();
    const first = ring.verify(token, expected, verified);
    expect(first).to.deep.equal(claims);
    expect(ring.verify(token, expected, verified)).to.equal(first);
  });

  it('leaves time, audience and issuer to be judged each time', () => {
    const verified = new VerifiedTokens();
    ring.verify(token, expected, verified);
    const later = new Date((claims.exp + 60) * 1000);
    expect(ring.verify(token, { ...expected, now: later }, verified)).to.equal(null);
    expect(ring.verify(token, { ...expected, audience: 'another' }, verified)).to.equal(null);
    expect(ring.verify(token, { ...expected, issuer: 'https://issuer.example' }, verified)).to.equal(null);
    expect(ring.verify(token, expected, verified)).to.deep.equal(claims);
  });

  it('knows no token but the very same one', () => {
    const verified = new VerifiedTokens();
    ring.verify(token, expected, verified);
    for (let index = 0; index < token.length; index += 1) {
      const other = token[index] === 'A' ? 'B' : 'A';
      const changed = token.slice(0, index) + other + token.slice(index + 1);
      expect(ring.verify(changed, expected, verified), `at ${index}`).to.equal(null);
    }
  });

  it('keeps none that was refused, and nothing that could be changed', () => {
    const verified = new VerifiedTokens();
    const expired = ring.sign({ ...claims, exp: seconds - 60 });
    expect(ring.verify(expired, expected, verified)).to.equal(null);
    expect(verified.get(expired)).to.equal(undefined);
    expect(ring.verify(token, expected, verified)).to.satisfy(Object.isFrozen);
  });

  it('drops the oldest past 5,000, which are verified anew', () => {
    const verified = new VerifiedTokens();
    ring.verify(token, expected, verified);
    for (let index = 0; index < 5000; index += 1) verified.add(`token ${index}`, {});
    expect(verified.get(token)).to.equal(undefined);
    expect(verified.get('token 0')).to.deep.equal({});
    expect(ring.verify(token, expected, verified)).to.deep.equal(claims);
  });
});
