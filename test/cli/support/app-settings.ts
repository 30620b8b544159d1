import type { ConnectionOptions } from '../../support/databases.js';

const VARIABLE = 'RCU_TEST_APP';

/** What the app of the set-up module is like, handed to its process. */
export interface AppSettings {
  database: ConnectionOptions;
  synchronize?: boolean;
  dropSchema?: boolean;
  migration?: boolean;
  secret?: string;
  hooks?: boolean;
  rateLimits?: false | { login: false };
  resetPasswordTokenLifetimeSeconds?: number;
  /** What its cookie lacks; bearer tokens unless told. */
  insecureCookie?: 'secure' | 'httpOnly';
  logging?: boolean;
  /** Who signs in before the command runs. */
  signIn?: string[];
  clockSkewSeconds?: number;
  openRoute?: boolean;
  preventEnumeration?: boolean;
  /** Its module exports no `app`. */
  isExpressHidden?: boolean;
  trustProxy?: number | boolean;
}

export const AppSettings = {
  fromEnvironment: (): AppSettings => JSON.parse(process.env[VARIABLE] ?? '{}'),
  toEnvironment: (settings: AppSettings): NodeJS.ProcessEnv => ({ [VARIABLE]: JSON.stringify(settings) }),
};
