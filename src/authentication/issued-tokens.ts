/** What a sign-in gives to the transport. */
export interface IssuedTokens {
  accessToken: string;
  /** Seconds until the access token ends; null where a strategy of the app's own does not say. */
  expiresIn: number | null;
  refreshToken: string | null;
  /** When the session ends at the latest, for a cookie's life; null where there is no session. */
  sessionExpiresAt: Date | null;
}
