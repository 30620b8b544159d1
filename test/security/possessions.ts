/** What somebody in the app has in his hands, by the name that a random request calls it by. */
export type Possessions = Readonly<Record<string, string>>;

/** A request as it is sent, but for `<name>`, which stands for something that somebody has, and `<name~mend>` for the same, tampered with. */
export interface RandomRequest {
  method: string;
  /** With the query. */
  path: string;
  headers: Record<string, string | string[]>;
  body: string | undefined;
}

export const HAD = [
  'user',
  'superuser',
  'opaque',
  'refresh',
  'reset',
  'verify',
  'state',
  'password',
  'email',
  'id',
  'session',
] as const;
export const TOKENS = ['user', 'superuser', 'opaque', 'refresh', 'reset', 'verify', 'state'] as const;

export const TAMPERINGS: Readonly<Record<string, (value: string) => string>> = {
  cut: (value) => value.slice(0, -3),
  half: (value) => value.slice(0, value.length / 2),
  doubled: (value) => `${value}${value}`,
  flipped: (value) => value.replace(/.(?=.{5}$)/, (letter) => (letter === 'A' ? 'B' : 'A')),
  padded: (value) => `${value}==`,
  upper: (value) => value.toUpperCase(),
  unsigned: (value) => `${part({ alg: 'none', typ: 'JWT' })}.${value.split('.')[1]}.`,
  renamed: (value) =>
    `${part({ alg: 'RS256', kid: '../../dev/null', jku: 'http://127.0.0.1:1/' })}.${value.split('.').slice(1).join('.')}`,
  spaced: (value) => ` ${value} `,
};

/** A part of a JWT. */
export function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** The request with what its names stand for. */
export function inhabit(request: RandomRequest, possessions: Possessions): RandomRequest {
  const fill = (text: string, encode = (value: string) => value): string =>
    text.replace(/<(\w+)(?:~(\w+))?>/g, (whole, name: string, tampering: string | undefined) => {
      const value = possessions[name];
      if (value === undefined) return whole;
      return encode(tampering === undefined ? value : (TAMPERINGS[tampering]?.(value) ?? whole));
    });
  const headers = Object.entries(request.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.map((item) => fill(item)) : fill(value),
  ]);
  return {
    ...request,
    path: fill(request.path, encodeURIComponent),
    headers: Object.fromEntries(headers),
    body: request.body === undefined ? undefined : fill(request.body),
  };
}
