/**
 * One way to keep a password. The first hasher of the list makes new hashes; the others read what an app brought along.
 * A hasher sees passwords in NFC, of at most 4096 bytes of UTF-8. It does its work off the event loop by itself, in a native package or a
 * worker: one that computes in JavaScript holds up all requests meanwhile.
 */
export interface PasswordHasher {
  /** Makes a hash with a salt of its own, so that no two are alike. It names its form and its cost. */
  hash(password: string): Promise<string>;

  /**
   * Tells whether the hash was made of this password.
   * @returns false, never an error, for a hash that is cut, garbled or of another form
   */
  verify(password: string, hash: string): Promise<boolean>;

  /** Whether the hash has this hasher's form. The first hasher that says yes verifies. */
  recognizes(hash: string): boolean;

  /** Whether a hash that this hasher recognizes is weaker than what it makes today. It is renewed at the next login. */
  needsRehash?(hash: string): boolean;

  /** What keeps this hasher from working here, such as a missing package: sentences that say what to do, told at start. */
  faults?(): string[];
}
