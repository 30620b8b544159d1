import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { expect } from 'chai';
import {
  apple,
  type Claims,
  discord,
  facebook,
  github,
  gitlab,
  google,
  linkedin,
  microsoft,
  type OAuthProvider,
  oidc,
  slack,
  spotify,
  twitch,
  x,
} from '../../../src/features/oauth/index.js';
import { identityOf } from '../../../src/features/oauth/providers/identity.js';
import { ProviderClient } from '../../../src/features/oauth/providers/provider-client.js';
import { refusalOf } from '../../../src/features/oauth/providers/provider-failure.js';
import { OddProvider, sendJson } from './support/odd-provider.js';

const client = { clientId: 'app', clientSecret: 'secret' };
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** What a provider makes of a person, with the answers of its interface. */
async function read(provider: OAuthProvider, claims: Claims, answers: Record<string, unknown> = {}, user?: string) {
  return provider.readAccount(claims, {
    getJson: async (url) => answers[url],
    callbackParameters: user === undefined ? {} : { user },
  });
}

describe('the ready providers', () => {
  const all = {
    google: google(client),
    microsoft: microsoft(client),
    apple: apple({ clientId: 'com.example', teamId: 'TEAM', keyId: 'KEY', privateKey: pem }),
    github: github(client),
    gitlab: gitlab(client),
    facebook: facebook(client),
    discord: discord(client),
    linkedin: linkedin(client),
    x: x(client),
    slack: slack(client),
    twitch: twitch(client),
    spotify: spotify(client),
  };

  for (const [name, provider] of Object.entries(all)) {
    it(`${name} is without a fault, and uses PKCE but where it is refused`, () => {
      expect(provider.check()).to.deep.equal([]);
      expect(provider.usesPkce).to.equal(name !== 'linkedin');
    });
  }

  describe('google', () => {
    it('takes the subject and the verified address of the ID token', async () => {
      const { account } = await read(all.google, { sub: '1', email: 'ada@example.com', email_verified: true });
      expect(account).to.deep.equal({ accountId: '1', email: 'ada@example.com', isEmailVerified: true });
    });

    it('takes other scopes and parameters', () => {
      const provider = google({ ...client, scopes: ['openid'], authorizationParameters: { access_type: 'offline' } });
      expect(provider.scopes).to.deep.equal(['openid']);
      expect(provider.authorizationParameters).to.deep.equal({ access_type: 'offline' });
    });
  });

  it('tell of a verified address by true alone, whatever else their interface writes there', async () => {
    const isVerified = async (verified: unknown) => {
      const profile = { id: '1', email: 'ada@example.com', verified };
      const { account, claims } = await read(all.discord, {}, { 'https://discord.com/api/users/@me': profile });
      return identityOf(account, claims, { accessToken: 'x', refreshToken: null, expiresAt: null }).isEmailVerified;
    };
    expect(await isVerified(true)).to.equal(true);
    for (const other of ['false', 'true', 1, {}, null, undefined]) expect(await isVerified(other)).to.equal(false);
  });

  describe('microsoft', () => {
    const isVerified = async (claims: Claims) =>
      (await read(all.microsoft, { sub: '1', email: 'a@example.com', ...claims })).account.isEmailVerified;

    it('believes an organisation its addresses only where it owns their domain', async () => {
      expect(await isVerified({ tid: 'an organisation', email_verified: true })).to.equal(false);
      for (const claim of [true, 1, '1', 'true'])
        expect(await isVerified({ tid: 'an organisation', xms_edov: claim })).to.equal(true);
      for (const claim of [false, 0, '0', null])
        expect(await isVerified({ tid: 'an organisation', xms_edov: claim })).to.equal(false);
      expect(await isVerified({ tid: '9188040d-6c67-4c5b-b112-36a304b66dad' })).to.equal(true);
    });

    it('finds the tenant that it is told', () => {
      expect(microsoft({ ...client, tenant: 'organizations' }).server).to.deep.equal({
        discovery: 'https://login.microsoftonline.com/organizations/v2.0',
      });
    });
  });

  describe('apple', () => {
    it('makes a client secret for each use, signed by ES256 and good for five minutes', () => {
      const { clientSecret } = all.apple;
      const secret = typeof clientSecret === 'function' ? clientSecret() : '';
      const [header = '', payload = '', signature = ''] = secret.split('.');
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
      expect(JSON.parse(Buffer.from(header, 'base64url').toString())).to.include({ alg: 'ES256', kid: 'KEY' });
      expect(claims).to.include({ iss: 'TEAM', sub: 'com.example', aud: 'https://appleid.apple.com' });
      expect(claims.exp - claims.iat).to.equal(300);
      const key = { key: createPublicKey(pem), dsaEncoding: 'ieee-p1363' } as const;
      expect(verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'))).to.equal(true);
    });

    it('has its answer posted, and reads the name in it, which may be anything', async () => {
      expect(all.apple.authorizationParameters).to.deep.equal({ response_mode: 'form_post' });
      const claims = { sub: '1', email: 'a@example.com', email_verified: 'true' };
      const name = { firstName: 'Ada', lastName: 'Lovelace' };
      const first = await read(all.apple, claims, {}, JSON.stringify({ name, email: 'evil@example.com' }));
      expect(first.account).to.deep.equal({ accountId: '1', email: 'a@example.com', isEmailVerified: true });
      expect(first.claims.name).to.deep.equal(name);
      for (const odd of [undefined, '', '{', 'null', '[]', '7'])
        expect((await read(all.apple, claims, {}, odd)).claims.name).to.equal(undefined);
    });

    it('tells at start of a key that cannot be read', () => {
      const faults = apple({ clientId: 'com.example', teamId: '', keyId: 'KEY', privateKey: 'x' }).check();
      expect(faults.join()).to.match(/`teamId` is missing.*`privateKey`/);
    });
  });

  describe('github', () => {
    const emails = 'https://api.github.com/user/emails';
    const account = async (list: unknown) =>
      (await read(all.github, {}, { 'https://api.github.com/user': { id: 1, email: 'public@example.com' }, [emails]: list }))
        .account;

    it('takes the primary address, and only where it is verified', async () => {
      const primary = { email: 'ada@example.com', primary: true, verified: true };
      const other = { email: 'other@example.com', primary: false, verified: true };
      expect(await account([other, primary])).to.deep.equal({ accountId: 1, email: 'ada@example.com', isEmailVerified: true });
      expect((await account([{ ...primary, verified: false }, other])).email).to.equal(undefined);
      for (const odd of [null, {}, 'x', [null, 7]]) expect((await account(odd)).email).to.equal(undefined);
    });

    it('says by 200 that a refresh token is no good any more, and is understood', async () => {
      const odd = await OddProvider.start();
      odd.answers.set('/token', (_, response) => sendJson(response, 200, { error: 'bad_refresh_token' }));
      const server = { authorizationEndpoint: `${odd.issuer}/authorize`, tokenEndpoint: `${odd.issuer}/token` };
      const parts = { redirectUri: 'https://app.example', timeoutSeconds: 1, clock: { now: () => new Date() } };
      const failure: unknown = await new ProviderClient({ ...all.github, server }, parts).refresh('old').catch((error) => error);
      await odd.down();
      expect(refusalOf(failure)).to.equal('invalid_grant');
    });
  });

  it('read the others as their documents say', async () => {
    const known = { accountId: '1', email: 'a@example.com' };
    const cases: [provider: OAuthProvider, profile: unknown, expected: object][] = [
      [all.discord, { id: '1', email: 'a@example.com', verified: true }, { ...known, isEmailVerified: true }],
      [all.facebook, { id: '1', email: 'a@example.com' }, known],
      [all.linkedin, { sub: '1', email: 'a@example.com', email_verified: 'true' }, { ...known, isEmailVerified: true }],
      [all.spotify, { id: '1', email: 'a@example.com' }, known],
      [all.x, { data: { id: '1', confirmed_email: 'a@example.com' } }, { ...known, isEmailVerified: true }],
      [all.x, { data: null }, { accountId: undefined, email: undefined, isEmailVerified: true }],
    ];
    for (const [provider, profile, expected] of cases) {
      const { account } = await provider.readAccount({}, { getJson: async () => profile, callbackParameters: {} });
      expect(account).to.deep.equal(expected);
    }
  });

  it('mend what Twitch and others send against the standard', () => {
    expect(all.twitch.mendTokenAnswer?.({ access_token: 'x', scope: ['a', 'b'] })).to.deep.equal({
      access_token: 'x',
      token_type: 'bearer',
      scope: 'a b',
    });
    expect(all.github.mendTokenAnswer?.({ error: 'bad_verification_code' })).to.deep.equal({ error: 'bad_verification_code' });
    expect(oidc({ ...client, issuer: 'https://id.example' }).mendTokenAnswer).to.equal(undefined);
  });
});
