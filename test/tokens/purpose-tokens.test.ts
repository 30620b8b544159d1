import { expect } from 'chai';
import { KeyRing, PurposeTokens, Secrets } from '../../src/tokens/index.js';
import { now } from './jwt-support.js';

const secret = 'a first secret of more than 32 bytes';
const other = 'a second secret of more than 32 bytes';
const purposes = ['reset-password', 'verify', 'change-email', 'mfa', 'a feature of the app'];

function tokensAt(
  time: { value: Date },
  secrets: string | string[] = secret,
  more: { issuer?: string; overrides?: Record<string, string> } = {},
) {
  return new PurposeTokens({ secrets: new Secrets(secrets), clock: { now: () => time.value }, ...more });
}

describe('PurposeTokens', () => {
  const time = { value: now };
  const tokens = tokensAt(time);

  beforeEach(() => {
    time.value = now;
  });

  it('reads what it issued', () => {
    const claims = tokens.read('verify', tokens.issue('verify', { sub: 'ada', email: 'ada@example.com' }, 60));
    expect(claims).to.include({ sub: 'ada', email: 'ada@example.com', aud: 'users:verify' });
    expect(claims?.exp).to.equal(now.getTime() / 1000 + 60);
  });

  it('takes a token for its own purpose only', () => {
    for (const made of purposes) {
      const token = tokens.issue(made, { sub: 'ada' }, 60);
      for (const asked of purposes) {
        expect(tokens.read(asked, token) !== null, `${made} as ${asked}`).to.equal(made === asked);
      }
    }
  });

  it('does not let claims choose audience or times', () => {
    const token = tokens.issue('verify', { sub: 'ada', aud: 'users:mfa', exp: 9_999_999_999, iat: 1, iss: 'x' }, 60);
    expect(tokens.read('verify', token)).to.include({ aud: 'users:verify', exp: now.getTime() / 1000 + 60 });
    expect(tokens.read('mfa', token)).to.equal(null);
  });

  it('refuses a token when its time is up, to the second', () => {
    const token = tokens.issue('verify', { sub: 'ada' }, 60);
    time.value = new Date(now.getTime() + 59_000);
    expect(tokens.read('verify', token)).not.to.equal(null);
    time.value = new Date(now.getTime() + 60_000);
    expect(tokens.read('verify', token)).to.equal(null);
  });

  for (const token of ['', ' ', '0', 0, 1, 1e21, true, null, undefined, [], {}, ['a'], 'a.b.c', 'a'.repeat(100_000)]) {
    it(`answers null to ${JSON.stringify(token)?.slice(0, 20)}`, () => {
      expect(tokens.read('reset-password', token)).to.equal(null);
    });
  }

  it('refuses a token that was made with the secret itself or for another issuer', () => {
    const claims = { sub: 'ada', aud: 'users:verify', iat: now.getTime() / 1000, exp: now.getTime() / 1000 + 60 };
    expect(tokens.read('verify', KeyRing.ofSecrets([Buffer.from(secret)]).sign(claims))).to.equal(null);
    const withIssuer = tokensAt(time, secret, { issuer: 'https://app.example' });
    expect(withIssuer.read('verify', tokens.issue('verify', { sub: 'ada' }, 60))).to.equal(null);
    expect(withIssuer.read('verify', withIssuer.issue('verify', { sub: 'ada' }, 60))).to.include({ iss: 'https://app.example' });
  });

  it('rotates: a new secret makes tokens, the old one goes on verifying', () => {
    const rotated = tokensAt(time, [other, secret]);
    expect(rotated.read('verify', tokens.issue('verify', { sub: 'ada' }, 60))).not.to.equal(null);
    expect(tokens.read('verify', rotated.issue('verify', { sub: 'ada' }, 60))).to.equal(null);
    expect(rotated.macMatches('verify', tokens.mac('verify', 'a'), 'a')).to.equal(true);
    expect(tokens.macMatches('verify', rotated.mac('verify', 'a'), 'a')).to.equal(false);
  });

  it('takes a secret of its own for one purpose', () => {
    const own = tokensAt(time, secret, { overrides: { 'reset-password': other } });
    expect(own.read('reset-password', tokens.issue('reset-password', { sub: 'ada' }, 60))).to.equal(null);
    expect(own.read('reset-password', own.issue('reset-password', { sub: 'ada' }, 60))).not.to.equal(null);
    expect(own.read('verify', tokens.issue('verify', { sub: 'ada' }, 60))).not.to.equal(null);
  });

  describe('mac', () => {
    const mac = tokens.mac('reset-password', 'ab', 'c');

    it('matches the same parts for the same purpose', () => {
      expect(mac).to.match(/^[\w-]{43}$/);
      expect(tokens.macMatches('reset-password', mac, 'ab', 'c')).to.equal(true);
      expect(tokens.macMatches('verify', mac, 'ab', 'c')).to.equal(false);
    });

    it('keeps the parts apart', () => {
      for (const parts of [['a', 'bc'], ['abc'], ['ab', 'c', ''], ['ab","c'], ['c', 'ab'], []]) {
        expect(tokens.macMatches('reset-password', mac, ...parts), parts.join('|')).to.equal(false);
      }
    });

    for (const bad of ['', 'a', mac.slice(1), `${mac}A`, 0, null, undefined, [mac], {}, `=${mac.slice(1)}`, 'é'.repeat(43)]) {
      it(`does not match ${JSON.stringify(bad)}`, () => {
        expect(tokens.macMatches('reset-password', bad, 'ab', 'c')).to.equal(false);
      });
    }
  });
});
