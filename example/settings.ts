import {
  baseUrl,
  databaseUrl,
  hostInUrl,
  integer,
  issuerUrl,
  listenHost,
  type Parser,
  redisUrl,
  secrets,
  smtpUrl,
  type TrustProxy,
  text,
  trustProxy,
  WrongValue,
  word,
} from './setting-parsers.js';
import { WrongSettingsError } from './wrong-settings.error.js';

/** Where the app keeps what nobody gave it a place for. Git ignores it. */
export const DATA_FOLDER = 'data';
export const DEFAULT_DATABASE_URL = `sqlite:${DATA_FOLDER}/example.sqlite`;

/** What the environment says. */
export interface Settings {
  isProduction: boolean;
  port: number;
  host: string;
  /** Goes before the path of every link; without a slash at its end. */
  baseUrl: string;
  databaseUrl: string;
  /** Newest first; undefined where the app is to make one. */
  secret: string[] | undefined;
  /** Undefined where tokens and limits do without Redis. */
  redisUrl: string | undefined;
  /** Undefined where mails are kept as files. */
  smtpUrl: string | undefined;
  superuser: { email: string; password: string } | undefined;
  /** Undefined where nobody signs in by a provider. */
  oidcClient: { issuer: string; clientId: string; clientSecret?: string } | undefined;
  associateByEmail: boolean;
  trustProxy: TrustProxy;
  rateLimits: boolean;
  requiresVerification: boolean;
  emailChange: 'confirmed' | 'immediate';
  preventEnumeration: boolean;
  registration: 'open' | 'invite';
  accessTokenLifetimeSeconds: number;
  refreshGraceSeconds: number;
}

const onOrOff = word({ on: true, off: false });
const ONE_HOUR_SECONDS = 3600;
const ONE_YEAR_SECONDS = 365 * 24 * 3600;

/** @throws {@link WrongSettingsError} with all faults at once */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const { read, faults } = reader(environment);
  const port = read('PORT', integer(1, 65_535), 3000);
  const host = read('HOST', listenHost, '127.0.0.1');
  const superuserEmail = read('SUPERUSER_EMAIL', text('sue@example.com'), undefined);
  const superuserPassword = read('SUPERUSER_PASSWORD', text('a long sentence'), undefined);
  const issuer = read('OIDC_ISSUER', issuerUrl, undefined);
  const clientId = read('OIDC_CLIENT_ID', text('my-app'), undefined);
  const clientSecret = read('OIDC_CLIENT_SECRET', text('what the provider gave you'), undefined);
  const settings: Settings = {
    isProduction: environment.NODE_ENV === 'production',
    port,
    host,
    baseUrl: read('BASE_URL', baseUrl, `http://${hostInUrl(host)}:${port}`),
    databaseUrl: read('DATABASE_URL', databaseUrl, DEFAULT_DATABASE_URL),
    secret: read('SECRET', secrets, undefined),
    redisUrl: read('REDIS_URL', redisUrl, undefined),
    smtpUrl: read('SMTP_URL', smtpUrl, undefined),
    superuser:
      superuserEmail === undefined || superuserPassword === undefined
        ? undefined
        : { email: superuserEmail, password: superuserPassword },
    oidcClient:
      issuer === undefined || clientId === undefined
        ? undefined
        : { issuer, clientId, ...(clientSecret === undefined ? {} : { clientSecret }) },
    associateByEmail: read('ASSOCIATE_BY_EMAIL', onOrOff, false),
    trustProxy: read('TRUST_PROXY', trustProxy, false),
    rateLimits: read('RATE_LIMIT', onOrOff, true),
    requiresVerification: read('REQUIRE_VERIFICATION', onOrOff, false),
    emailChange: read('EMAIL_CHANGE', word({ confirmed: 'confirmed', immediate: 'immediate' } as const), 'confirmed'),
    preventEnumeration: read('PREVENT_ENUMERATION', onOrOff, false),
    registration: read('REGISTRATION', word({ open: 'open', invite: 'invite' } as const), 'open'),
    accessTokenLifetimeSeconds: read('ACCESS_TOKEN_LIFETIME', integer(1, ONE_YEAR_SECONDS), 900),
    refreshGraceSeconds: read('REFRESH_GRACE', integer(0, ONE_HOUR_SECONDS), 10),
  };
  if ((environment.SUPERUSER_EMAIL === undefined) !== (environment.SUPERUSER_PASSWORD === undefined)) {
    faults.push('SUPERUSER_EMAIL and SUPERUSER_PASSWORD go together: set both, or neither');
  }
  if ((environment.OIDC_ISSUER === undefined) !== (environment.OIDC_CLIENT_ID === undefined)) {
    faults.push('OIDC_ISSUER and OIDC_CLIENT_ID go together: set both, or neither');
  }
  if (clientSecret !== undefined && environment.OIDC_ISSUER === undefined && environment.OIDC_CLIENT_ID === undefined) {
    faults.push('OIDC_CLIENT_SECRET goes with OIDC_ISSUER and OIDC_CLIENT_ID: set these too, or none');
  }
  if (issuer !== undefined && !isSafe(issuer)) {
    faults.push('OIDC_ISSUER must begin with https://: http:// is for a provider on this machine alone');
  }
  if (settings.preventEnumeration && !settings.requiresVerification) {
    faults.push('PREVENT_ENUMERATION=on needs REQUIRE_VERIFICATION=on');
  }
  if (settings.preventEnumeration && settings.emailChange === 'immediate') {
    faults.push(
      'PREVENT_ENUMERATION=on needs EMAIL_CHANGE=confirmed: an address that is taken at once tells whether it was free',
    );
  }
  if (settings.isProduction && environment.SECRET === undefined) {
    faults.push('SECRET is required in production: SECRET=$(openssl rand -base64 32)');
  }
  if (settings.isProduction && !isSafe(settings.baseUrl)) {
    faults.push('BASE_URL must begin with https:// in production: people open its links');
  }
  if (faults.length > 0) throw new WrongSettingsError(faults);
  return settings;
}

function reader(environment: NodeJS.ProcessEnv) {
  const faults: string[] = [];
  const read = <T, Unset>(name: string, parse: Parser<T>, unset: Unset): T | Unset => {
    const value = environment[name];
    if (value === undefined) return unset;
    try {
      return parse(value);
    } catch (error) {
      if (!(error instanceof WrongValue)) throw error;
      faults.push(`${name} ${error.message}`);
      return unset;
    }
  };
  return { read, faults };
}

/** What goes over the loopback interface is seen by this machine alone. */
function isSafe(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || hostname === '[::1]' || /^(?:127(?:\.\d+){3}|(?:.+\.)?localhost)$/.test(hostname);
}
