import { expect } from 'chai';
import {
  github,
  google,
  type OAuthOptions,
  oauth,
  oauth2,
  oauthEntities,
  oidc,
  type SecretClientOptions,
} from '../../../src/features/oauth/index.js';
import { AuthenticationBackend, BearerTransport, JwtStrategy, type UsersSetupError, usersEntities } from '../../../src/index.js';
import { startApp, User } from './support/oauth-app.js';

const good = { clientId: 'app', clientSecret: 'secret', issuer: 'https://id.example' };
const options: OAuthOptions = { baseUrl: 'https://app.example', providers: { oidc: oidc(good) } };
const entityTargets = [...usersEntities(User), ...oauthEntities(User)];

/** Apps in JavaScript are told the same as those that the compiler would have told already. */
function faultsOf(own: object, targets: readonly unknown[] = entityTargets): string[] {
  return (
    oauth<User>({ ...options, ...own }).check?.({ entityTargets: targets, user: User, backends: ['bearer', 'cookie'] }) ?? []
  );
}

describe('the options of oauth', () => {
  it('are without a fault', () => {
    expect(faultsOf({})).to.deep.equal([]);
    expect(
      faultsOf({
        baseUrl: 'http://127.0.0.1:3000',
        path: '/api/oauth',
        timeoutSeconds: 5,
        trustedOrigins: ['https://spa.example'],
      }),
    ).to.deep.equal([]);
  });

  const wrong: Record<string, [own: object, sentence: RegExp]> = {
    'a base address that is none': [{ baseUrl: 'ftp://app.example' }, /`baseUrl` must be the public address/],
    'a base address with a path': [{ baseUrl: 'https://app.example/api' }, /without a path/],
    'no base address': [{ baseUrl: undefined }, /`baseUrl`/],
    'a path that ends with a slash': [{ path: '/oauth/' }, /`path` must begin with \//],
    'no providers': [{ providers: undefined }, /`providers` is missing/],
    'a list of providers': [{ providers: [oidc(good)] }, /`providers` is missing/],
    'a provider of a name that is a route': [{ providers: { accounts: oidc(good) } }, /a provider's name must be .*"accounts"/],
    'a provider of a name with a slash': [{ providers: { 'a/b': oidc(good) } }, /a provider's name/],
    'a provider that is none': [{ providers: { google: {} } }, /`providers.google` is no provider/],
    'an option that is misspelt': [
      { associateByMail: true },
      /`associateByMail` is no option: did you mean `associateByEmail`\?/,
    ],
    'a switch that is no boolean': [{ associateByEmail: 'yes' }, /`associateByEmail` must be true or false/],
    'a time-out of nothing': [{ timeoutSeconds: 0 }, /`timeoutSeconds`/],
    'an origin with a path': [{ trustedOrigins: ['https://spa.example/'] }, /is no origin/],
    'origins that are no list': [{ trustedOrigins: 'https://spa.example' }, /`trustedOrigins` must be a list/],
    'a time-out that is no number': [{ timeoutSeconds: '5' }, /`timeoutSeconds`/],
    'backends that are no list': [{ backends: 'cookie' }, /`backends` must be names/],
    'a way of sending the secret that is none': [
      { providers: { oidc: oidc({ ...good, clientAuthentication: 'basic' as 'none' }) } },
      /provider "oidc": `clientAuthentication` must be one of client_secret_basic, client_secret_post, none/,
    ],
    'scopes that are no list': [
      { providers: { oidc: oidc({ ...good, scopes: 'openid email' as unknown as string[] }) } },
      /provider "oidc": `scopes` must be a list/,
    ],
    'a profile that is no function': [
      { providers: { oidc: oidc({ ...good, profile: { firstName: 'given_name' } as never }) } },
      /provider "oidc": `profile` must be a function/,
    ],
    'a ready provider without its secret': [
      { providers: { google: google({ clientId: 'app' } as SecretClientOptions), github: github({ ...good }) } },
      /provider "google": `clientSecret` is missing/,
    ],
    'an issuer over plain http': [
      { providers: { oidc: oidc({ ...good, issuer: 'http://id.example' }) } },
      /provider "oidc": `issuer` must begin with https/,
    ],
    'an issuer that is no address': [{ providers: { oidc: oidc({ ...good, issuer: 'id' }) } }, /`issuer` must be an address/],
    'no client id': [{ providers: { oidc: oidc({ ...good, clientId: '' }) } }, /`clientId` is missing/],
    'an empty client secret': [{ providers: { oidc: oidc({ ...good, clientSecret: '' }) } }, /`clientSecret` is empty/],
    'scopes without openid': [{ providers: { oidc: oidc({ ...good, scopes: ['email'] }) } }, /`scopes` lacks 'openid'/],
    'an endpoint over plain http': [
      {
        providers: {
          own: oauth2({
            ...good,
            authorizationEndpoint: 'https://id.example/authorize',
            tokenEndpoint: 'http://id.example/token',
            profileUrl: 'https://id.example/me',
            account: ({ id }) => ({ accountId: id }),
          }),
        },
      },
      /`tokenEndpoint` must begin with https/,
    ],
  };
  for (const [name, [own, sentence]] of Object.entries(wrong)) {
    it(`tell of ${name}`, () => {
      const faults = faultsOf(own);
      expect(faults.join('\n')).to.match(sentence);
      expect(faults).to.have.length(1);
    });
  }

  it('tell that there are none', () => {
    const faults = oauth(undefined as unknown as OAuthOptions).check?.({ entityTargets, user: User, backends: ['bearer'] });
    expect(faults).to.deep.equal(['oauth: options are missing: write oauth({ baseUrl, providers })']);
  });

  it('tell of a base address over plain http in production, and let it pass in development', () => {
    expect(faultsOf({ baseUrl: 'http://app.example' })).to.deep.equal([]);
    const { NODE_ENV: former = '' } = process.env;
    process.env.NODE_ENV = 'production';
    try {
      expect(faultsOf({ baseUrl: 'http://app.example' })).to.have.length(1);
      expect(faultsOf({ baseUrl: 'http://127.0.0.1:3000' })).to.have.length(0);
    } finally {
      process.env.NODE_ENV = former;
    }
  });

  it('tell of tables that are missing', () => {
    expect(faultsOf({}, usersEntities(User))).to.deep.equal([
      'the DataSource lacks the tables of the feature oauth: write entities: [...usersEntities(User), ...oauthEntities(User)]',
    ]);
  });

  it('tell of a backend that the set-up does not have, and of none', () => {
    const told = "oauth: `backends` must be names of the set-up's backends (bearer, cookie)";
    expect(faultsOf({ backends: ['cookies'] })).to.deep.equal([`${told}, not cookies`]);
    expect(faultsOf({ backends: [] })).to.deep.equal([told]);
    expect(faultsOf({ backends: ['cookie'] })).to.deep.equal([]);
  });

  it('are told with all else that is wrong', async () => {
    const strategy = new JwtStrategy<User>({ lifetimeSeconds: -1 });
    const backends = [new AuthenticationBackend<User>({ name: 'tokens', transport: new BearerTransport(), strategy })];
    const told = await startApp({
      providers: options.providers,
      backends: ['cookies'],
      users: { backends, registration: 'opne' as 'open' },
    }).then(
      () => [],
      (error: UsersSetupError) => error.faults,
    );
    expect(told).to.deep.equal([
      'backend "tokens": `lifetimeSeconds` of JwtStrategy must be a whole number above 0',
      "`registration` must be one of 'open', 'invite', 'closed'",
      "oauth: `backends` must be names of the set-up's backends (tokens), not cookies",
    ]);
  });
});
