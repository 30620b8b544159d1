/** What a sign-in gives to the transport. */
export interface IssuedTokens {
  accessToken: string;
  /** Seconds until the access token ends; null where a strategy of the app's own does not say. */
  expiresIn: number | null;
  /** Null where the backend has no refresh. */
  refreshToken: string | null;
  /** Seconds until the session ends whatever happens, which is a cookie's life; null where there is no session. */
  sessionLifetimeSeconds: number | null;
}
