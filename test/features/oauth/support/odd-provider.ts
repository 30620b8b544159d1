import { generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import jwt, { type Algorithm } from 'jsonwebtoken';

interface Key {
  kid: string;
  privateKey: KeyObject;
  jwk: JsonWebKey & { kid: string; alg: string; use: string };
}

type Answer = (request: IncomingMessage, response: ServerResponse, form: URLSearchParams) => unknown;

export const ODD_CLIENT = { clientId: 'app', clientSecret: 'a secret that both know' };

export function makeKey(kid: string): Key {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { kid, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' } };
}

const usualKey = makeKey('usual');

/** A provider of OpenID Connect that does what a test says, wrong things too. It has no page: the test goes to the callback by itself. */
export class OddProvider {
  issuer = '';
  key = usualKey;
  /** Of `/jwks`; the usual key unless told. */
  publishedKeys: object[] = [usualKey.jwk];
  /** Claims of the ID token, beside or in place of the right ones. */
  claims: Record<string, unknown> = {};
  /** Of the next ID token, which the discovery lists or not. */
  algorithm: Algorithm = 'RS256';
  /** What it signs with, where that is not its key. */
  signingKey: KeyObject | string | undefined;
  metadata: Record<string, unknown> = {};
  tokens: Record<string, unknown> = {};
  userInfo: Record<string, unknown> = { sub: 'ada' };
  nonce = '';
  requests: string[] = [];
  forms: URLSearchParams[] = [];
  /** Answers in place of the usual ones, by path. */
  readonly answers = new Map<string, Answer>();
  private readonly server = createServer((request, response) => void this.serve(request, response));
  private port = 0;

  static async start(): Promise<OddProvider> {
    const provider = new OddProvider();
    await provider.up();
    return provider;
  }

  async up(): Promise<void> {
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
    this.issuer = `http://127.0.0.1:${this.port}`;
  }

  async down(): Promise<void> {
    if (!this.server.listening) return;
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  idToken(): string {
    const now = Math.floor(Date.now() / 1000);
    const usual = {
      iss: this.issuer,
      aud: ODD_CLIENT.clientId,
      sub: 'ada',
      email: 'ada@example.com',
      email_verified: true,
      iat: now,
      exp: now + 300,
      nonce: this.nonce,
    };
    const claims = Object.fromEntries(Object.entries({ ...usual, ...this.claims }).filter(([, value]) => value !== undefined));
    return jwt.sign(claims, this.signingKey ?? this.key.privateKey, {
      algorithm: this.algorithm,
      keyid: this.key.kid,
      allowInvalidAsymmetricKeyTypes: true,
    });
  }

  /** For a code. */
  usualTokens(): Record<string, unknown> {
    return {
      access_token: 'an access token of the provider',
      refresh_token: 'a refresh token of the provider',
      token_type: 'Bearer',
      expires_in: 3600,
      id_token: this.idToken(),
      ...this.tokens,
    };
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split('?', 1)[0] ?? '';
    this.requests.push(`${request.method} ${path}`);
    const form = new URLSearchParams(await textOf(request));
    if (request.method === 'POST') this.forms.push(form);
    const own = this.answers.get(path);
    if (own !== undefined) return void own(request, response, form);
    const answers: Record<string, () => object> = {
      '/.well-known/openid-configuration': () => ({
        issuer: this.issuer,
        authorization_endpoint: `${this.issuer}/authorize`,
        token_endpoint: `${this.issuer}/token`,
        jwks_uri: `${this.issuer}/jwks`,
        userinfo_endpoint: `${this.issuer}/me`,
        revocation_endpoint: `${this.issuer}/revoke`,
        id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
        ...this.metadata,
      }),
      '/jwks': () => ({ keys: this.publishedKeys }),
      '/token': () => {
        const { id_token: idToken, ...tokens } = this.usualTokens();
        return form.get('grant_type') === 'authorization_code' ? { id_token: idToken, ...tokens } : tokens;
      },
      '/me': () => this.userInfo,
      '/revoke': () => ({}),
    };
    sendJson(response, 200, answers[path]?.() ?? {});
  }
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}
