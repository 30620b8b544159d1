import { type Answer, type HttpClient, type Sent } from './http-client.js';

export const PASSWORD = 'a long enough password';

/** How somebody was signed in. */
export interface SignedIn {
  token?: string;
  refreshToken?: string;
  cookie?: string;
}

/** A person's client of an app whose controllers are those of `SignInApp`, in this process or in another. */
export class SignInClient {
  constructor(
    readonly http: HttpClient,
    private readonly firstBackend: string,
  ) {}

  login(name: string, backend: string, sent: Sent = {}): Promise<Answer> {
    return this.http.post(`/auth/${backend}/login`, { email: emailOf(name), password: PASSWORD }, sent);
  }

  /** @throws where the login is refused */
  async signIn(name: string, backend: string = this.firstBackend, sent: Sent = {}): Promise<SignedIn> {
    const answer = await this.login(name, backend, sent);
    if (answer.status >= 300) throw new Error(`${name} was not signed in: ${answer.status} ${String(answer.code)}`);
    return signedInBy(answer);
  }

  /** The status of `/users/me`: 200 or 401, mostly. */
  async me(signedIn: SignedIn): Promise<number> {
    return (await this.http.get('/users/me', carried(signedIn))).status;
  }

  refresh(refreshToken: unknown): Promise<Answer> {
    return this.http.post('/users/refresh', { refresh_token: refreshToken });
  }
}

export function emailOf(name: string): string {
  return `${name}@example.com`;
}

/** What a sign-in's answer gives to the client to keep. */
export function signedInBy({ body, cookies }: Answer): SignedIn {
  const cookie = Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');
  return {
    ...(typeof body.access_token === 'string' ? { token: body.access_token } : {}),
    ...(typeof body.refresh_token === 'string' ? { refreshToken: body.refresh_token } : {}),
    ...(cookie === '' ? {} : { cookie }),
  };
}

/** The part of it that a request carries. */
export function carried({ token, cookie }: SignedIn): Sent {
  return { token, cookie };
}
