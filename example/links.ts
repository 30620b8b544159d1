/** Links to the app's pages. They begin with the configured address, never with the host that a request names. */
export class Links {
  constructor(private readonly baseUrl: string) {}

  verify(token: string): string {
    return this.to('/verify', token);
  }

  resetPassword(token: string): string {
    return this.to('/reset-password', token);
  }

  private to(path: string, token: string): string {
    return `${this.baseUrl}${path}?token=${encodeURIComponent(token)}`;
  }
}
