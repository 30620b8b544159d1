import { expect } from 'chai';
import { readSettings } from '../../example/settings.js';
import { WrongSettingsError } from '../../example/wrong-settings.error.js';

const secret = 'a secret of thirty-two bytes or a few more';
const production = { NODE_ENV: 'production', SECRET: secret, BASE_URL: 'https://example.com' };

/** What is wrong, and how the one line begins that says what to do. */
const faults: [Record<string, string>, string][] = [
  [{ PORT: 'http' }, 'PORT must be a whole number from 1 to 65535'],
  [{ PORT: '65536' }, 'PORT must be a whole number from 1 to 65535'],
  [{ PORT: '' }, 'PORT must be a whole number from 1 to 65535'],
  [{ HOST: '' }, 'HOST must be a name or an address of this machine, such as 127.0.0.1 or ::1, without a port'],
  [{ HOST: '[::1]' }, 'HOST must be a name or an address of this machine'],
  [{ HOST: 'localhost:3000' }, 'HOST must be a name or an address of this machine'],
  [{ HOST: 'http://localhost' }, 'HOST must be a name or an address of this machine'],
  [{ HOST: '127.0.0.256' }, 'HOST must be a name or an address of this machine'],
  [{ BASE_URL: 'example.com' }, 'BASE_URL must be the public address of this server, such as https://example.com'],
  [{ BASE_URL: 'ftp://example.com' }, 'BASE_URL must be the public address of this server, such as https://example.com'],
  [{ ...production, BASE_URL: 'http://example.com' }, 'BASE_URL must begin with https:// in production: people open its links'],
  [
    { ...production, BASE_URL: 'http://127.0.0.1.example.com' },
    'BASE_URL must begin with https:// in production: people open its links',
  ],
  [{ DATABASE_URL: 'data/example.sqlite' }, 'DATABASE_URL must be sqlite:PATH'],
  [{ DATABASE_URL: 'sqlite:' }, 'DATABASE_URL must be sqlite:PATH'],
  [{ DATABASE_URL: 'oracle://db/app' }, 'DATABASE_URL must be sqlite:PATH'],
  [{ DATABASE_URL: 'postgres://db' }, 'DATABASE_URL must be sqlite:PATH'],
  [{ DATABASE_URL: 'POSTGRES://db/app' }, 'DATABASE_URL must be sqlite:PATH'],
  [{ DATABASE_URL: ' sqlite:app.sqlite' }, 'DATABASE_URL must be sqlite:PATH'],
  [{ DATABASE_URL: 'postgres://app:100%@db/app' }, 'DATABASE_URL has a % before its @ that begins no escape: write it as %25'],
  [{ SECRET: 'twelve bytes' }, 'SECRET has 12 bytes, at least 32 are needed: SECRET=$(openssl rand -base64 32)'],
  [{ SECRET: '' }, 'SECRET has 0 bytes, at least 32 are needed'],
  [{ SECRET: `${secret},twelve bytes` }, 'SECRET has one of 12 bytes, at least 32 are needed'],
  [
    { NODE_ENV: 'production', BASE_URL: 'https://example.com' },
    'SECRET is required in production: SECRET=$(openssl rand -base64 32)',
  ],
  [{ REDIS_URL: '127.0.0.1:6379' }, 'REDIS_URL must be redis://HOST:PORT, or rediss:// for TLS'],
  [{ REDIS_URL: 'redis://:100%@127.0.0.1' }, 'REDIS_URL has a % before its @ that begins no escape: write it as %25'],
  [{ SMTP_URL: 'mail.example.com' }, 'SMTP_URL must be smtp://USER:PASSWORD@HOST:PORT'],
  [{ SUPERUSER_EMAIL: 'sue@example.com' }, 'SUPERUSER_EMAIL and SUPERUSER_PASSWORD go together: set both, or neither'],
  [{ SUPERUSER_PASSWORD: 'a superuser of old' }, 'SUPERUSER_EMAIL and SUPERUSER_PASSWORD go together: set both, or neither'],
  [{ OIDC_ISSUER: 'https://id.example' }, 'OIDC_ISSUER and OIDC_CLIENT_ID go together: set both, or neither'],
  [{ OIDC_CLIENT_ID: 'app' }, 'OIDC_ISSUER and OIDC_CLIENT_ID go together: set both, or neither'],
  [{ OIDC_ISSUER: 'id', OIDC_CLIENT_ID: 'app' }, 'OIDC_ISSUER must be the address of an OpenID Connect provider'],
  [{ OIDC_CLIENT_SECRET: 'hush' }, 'OIDC_CLIENT_SECRET goes with OIDC_ISSUER and OIDC_CLIENT_ID: set these too, or none'],
  [{ OIDC_ISSUER: 'http://id.example', OIDC_CLIENT_ID: 'app' }, 'OIDC_ISSUER must begin with https://'],
  [{ ASSOCIATE_BY_EMAIL: 'yes' }, 'ASSOCIATE_BY_EMAIL must be on or off'],
  [{ TRUST_PROXY: 'yes' }, 'TRUST_PROXY must be off, the number of proxies before this server, or their addresses'],
  [{ TRUST_PROXY: '' }, 'TRUST_PROXY must be off, the number of proxies before this server, or their addresses'],
  [{ RATE_LIMIT: 'false' }, 'RATE_LIMIT must be on or off'],
  [{ RATE_LIMIT: 'OFF' }, 'RATE_LIMIT must be on or off'],
  [{ REQUIRE_VERIFICATION: 'true' }, 'REQUIRE_VERIFICATION must be on or off'],
  [{ REQUIRE_VERIFICATION: 'constructor' }, 'REQUIRE_VERIFICATION must be on or off'],
  [{ EMAIL_CHANGE: 'now' }, 'EMAIL_CHANGE must be confirmed or immediate'],
  [{ PREVENT_ENUMERATION: '1' }, 'PREVENT_ENUMERATION must be on or off'],
  [{ PREVENT_ENUMERATION: 'on' }, 'PREVENT_ENUMERATION=on needs REQUIRE_VERIFICATION=on'],
  [
    { PREVENT_ENUMERATION: 'on', REQUIRE_VERIFICATION: 'on', EMAIL_CHANGE: 'immediate' },
    'PREVENT_ENUMERATION=on needs EMAIL_CHANGE=confirmed',
  ],
  [{ REGISTRATION: 'off' }, 'REGISTRATION must be open or invite'],
  [{ ACCESS_TOKEN_LIFETIME: '0' }, 'ACCESS_TOKEN_LIFETIME must be a whole number from 1 to 31536000'],
  [{ ACCESS_TOKEN_LIFETIME: '15m' }, 'ACCESS_TOKEN_LIFETIME must be a whole number from 1 to 31536000'],
  [{ REFRESH_GRACE: '-1' }, 'REFRESH_GRACE must be a whole number from 0 to 3600'],
];

describe('the settings of the example', () => {
  for (const [environment, line] of faults) {
    it(`refuse ${describeSettings(environment)}`, () => {
      const lines = linesOn(environment);
      expect(lines).to.have.length(1);
      expect(lines[0]?.startsWith(line), lines[0]).to.equal(true);
    });
  }

  it('never repeat what may be a secret', () => {
    const lines = linesOn({
      SECRET: 'hunter2',
      DATABASE_URL: 'oracle://app:hunter2@db/app',
      SMTP_URL: 'http://app:hunter2@mail',
      REDIS_URL: 'http://app:hunter2@redis',
      BASE_URL: 'https://app:hunter2@example.com',
    });
    expect(lines).to.have.length(5);
    expect(lines.join()).not.to.include('hunter2');
  });

  it('have a default each', () => {
    expect(readSettings({})).to.deep.equal({
      isProduction: false,
      port: 3000,
      host: '127.0.0.1',
      baseUrl: 'http://127.0.0.1:3000',
      databaseUrl: 'sqlite:data/example.sqlite',
      secret: undefined,
      redisUrl: undefined,
      smtpUrl: undefined,
      superuser: undefined,
      oidcClient: undefined,
      associateByEmail: false,
      trustProxy: false,
      rateLimits: true,
      requiresVerification: false,
      emailChange: 'confirmed',
      preventEnumeration: false,
      registration: 'open',
      accessTokenLifetimeSeconds: 900,
      refreshGraceSeconds: 10,
    });
  });

  it('take what the table says', () => {
    const settings = readSettings({
      ...production,
      BASE_URL: 'https://example.com/app/',
      HOST: '::',
      SECRET: `${secret}, ${secret} of old`,
      TRUST_PROXY: 'loopback, 10.0.0.0/8',
      RATE_LIMIT: 'off',
      REQUIRE_VERIFICATION: 'on',
      PREVENT_ENUMERATION: 'on',
      REGISTRATION: 'invite',
      ACCESS_TOKEN_LIFETIME: '60',
      REFRESH_GRACE: '0',
    });
    expect(settings).to.include({ isProduction: true, baseUrl: 'https://example.com/app', trustProxy: 'loopback, 10.0.0.0/8' });
    expect(settings).to.include({ rateLimits: false, requiresVerification: true, preventEnumeration: true });
    expect(settings).to.include({ emailChange: 'confirmed', registration: 'invite' });
    expect(settings).to.include({ accessTokenLifetimeSeconds: 60, refreshGraceSeconds: 0 });
    expect(settings.secret).to.deep.equal([secret, `${secret} of old`]);
    expect(readSettings({ EMAIL_CHANGE: 'immediate' }).emailChange).to.equal('immediate');
    expect(readSettings({ TRUST_PROXY: '2' }).trustProxy).to.equal(2);
    expect(readSettings({ HOST: '::1', PORT: '80' }).baseUrl).to.equal('http://[::1]:80');
  });

  for (const address of ['http://127.0.0.1:3000', 'http://localhost:3000', 'http://app.localhost', 'http://[::1]:3000']) {
    it(`let ${address} pass in production, since nobody else sees it`, () => {
      expect(readSettings({ ...production, BASE_URL: address }).baseUrl).to.equal(address);
    });
  }
});

function linesOn(environment: Record<string, string>): readonly string[] {
  try {
    readSettings(environment);
  } catch (error) {
    if (error instanceof WrongSettingsError) return error.lines;
    throw error;
  }
  return [];
}

function describeSettings(environment: Record<string, string>): string {
  const settings = Object.entries(environment).filter(([, value]) => value !== secret);
  return settings.map(([name, value]) => `${name}=${value.replace(secret, '…')}`).join(' ');
}
