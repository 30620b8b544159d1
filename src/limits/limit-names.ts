/** How much of one thing may be done in how long. */
export interface LimitSetting {
  /** How many tries a key has in one window; the next one is refused. Fewer slow an attacker, and people behind one address too. */
  points: number;
  /** Seconds of a window. It starts with the first try, and a refused try does not prolong it. At most 14 days. */
  durationSeconds: number;
  /** Seconds that the key stays refused once it is past the limit, counted from that moment. @defaultValue the rest of the window */
  blockSeconds?: number;
}

/**
 * The limits by name, and what they allow unless told otherwise. "Address" is the client's, IPv6 by its /64; "mailbox" is a
 * normalized e-mail address, whether somebody has it or not.
 *
 * The numbers for a client's address leave room for an office of some hundred people behind one address, and still end a
 * script. The numbers for an account keep its failures well within 100 an hour (NIST SP 800-63B-4, section 3.2.2).
 */
export const LIMIT_DEFAULTS = {
  /** Registrations from one address: a class that signs up together passes, a bot that fills the table does not. */
  register: { points: 100, durationSeconds: 3600 },

  /** Logins from one address, right ones too: what a credential-stuffing script is held to, whichever accounts it tries. */
  login: { points: 100, durationSeconds: 300 },

  /**
   * Wrong passwords for one account from one address, at login, re-authentication and as `currentPassword` together. Five is
   * more than a person mistypes before using "forgot password". A right password clears it.
   */
  passwordFailures: { points: 5, durationSeconds: 300 },

  /**
   * Wrong passwords for one account from all addresses that never signed in to it: what a botnet is held to. With several
   * `loginFields` each has its share.
   */
  passwordFailuresOfAccount: { points: 50, durationSeconds: 3600 },

  /**
   * Wrong passwords for one account from all addresses that have signed in to it by this password within 14 days. It is apart
   * from `passwordFailuresOfAccount`, so that strangers who use that one up do not lock the owner out. Shared out like it.
   */
  passwordFailuresOfKnownAddress: { points: 20, durationSeconds: 3600 },

  /** Requests to forgot-password from one address: stops a walk through a list of mailboxes. */
  forgotPassword: { points: 30, durationSeconds: 3600 },

  /** Mails with a reset link to one mailbox; past it the answer stays the same and no mail goes out. Stops a mail bomb. */
  forgotPasswordMail: { points: 5, durationSeconds: 3600 },

  /** Requests for a verification mail from one address. */
  requestVerifyToken: { points: 30, durationSeconds: 3600 },

  /** Mails with a verification link to one mailbox, in silence like `forgotPasswordMail`. */
  requestVerifyTokenMail: { points: 5, durationSeconds: 3600 },

  /** Mails that tell one mailbox's owner that somebody registers it anew, in silence. Apart from the links: neither uses up the other. */
  registerExistingMail: { points: 5, durationSeconds: 3600 },

  /** New addresses that one account asks for: a bound for the mails to ever new mailboxes of strangers. */
  emailChange: { points: 10, durationSeconds: 3600 },

  /** Mails to one mailbox that somebody wants to change to, in silence: the mailbox may be a stranger's. */
  emailChangeMail: { points: 5, durationSeconds: 3600 },

  /** Tries to reset a password from one address. Tokens cannot be guessed; this bounds the work that they cost. */
  resetPassword: { points: 30, durationSeconds: 900 },

  /** Tries to spend a verification token from one address. */
  verify: { points: 60, durationSeconds: 900 },

  /** Refreshes from one address: several hundred people with several tabs each, once in the life of an access token. */
  refresh: { points: 1000, durationSeconds: 300 },

  /** OAuth sign-ins that are started, and callbacks, from one address: each costs a state cookie or a call to the provider. */
  oauth: { points: 100, durationSeconds: 300 },
} as const satisfies Record<string, LimitSetting>;

/** A limit that an app may set or switch off by this name in `rateLimits`. */
export type LimitName = keyof typeof LIMIT_DEFAULTS;

/** The names of all limits, typed. */
export function limitNames(): LimitName[] {
  return Object.keys(LIMIT_DEFAULTS).filter((name): name is LimitName => Object.hasOwn(LIMIT_DEFAULTS, name));
}
