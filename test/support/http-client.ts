import { Agent, type IncomingHttpHeaders, request } from 'node:http';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  /** What JSON the body holds; undefined where it is empty. */
  body: Record<string, unknown>;
  /** The `code` of a problem. */
  code: unknown;
  /** The values of the cookies that the answer sets, by name. */
  cookies: Record<string, string>;
}

export interface Sent {
  body?: unknown;
  token?: string | undefined;
  /** As the `Cookie` header has it. */
  cookie?: string | undefined;
  /** A list is sent as so many headers. */
  headers?: Record<string, string | string[]>;
}

/** Asks a server over HTTP as a client that is no browser: it adds no header of its own. */
export class HttpClient {
  private readonly agent = new Agent({ keepAlive: true });

  constructor(readonly url: string) {}

  get(path: string, sent?: Sent): Promise<Answer> {
    return this.ask('GET', path, sent);
  }

  post(path: string, body?: unknown, sent: Sent = {}): Promise<Answer> {
    return this.ask('POST', path, { ...sent, body });
  }

  patch(path: string, body: unknown, sent: Sent = {}): Promise<Answer> {
    return this.ask('PATCH', path, { ...sent, body });
  }

  delete(path: string, sent: Sent = {}): Promise<Answer> {
    return this.ask('DELETE', path, sent);
  }

  ask(method: string, path: string, { body, token, cookie, headers = {} }: Sent = {}): Promise<Answer> {
    const content = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const all: Record<string, string | string[]> = {
      ...(content === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(content.length) }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(cookie === undefined ? {} : { cookie }),
      ...headers,
    };
    return new Promise((resolve, reject) => {
      const sending = request(new URL(path, this.url), { method, headers: all, agent: this.agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve(answerOf(response.statusCode ?? 0, response.headers, Buffer.concat(chunks).toString())));
      });
      sending.on('error', reject);
      sending.end(content);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

function answerOf(status: number, headers: IncomingHttpHeaders, text: string): Answer {
  const isJson = headers['content-type']?.includes('json') === true;
  const body: Record<string, unknown> = isJson ? JSON.parse(text) : {};
  const cookies = (headers['set-cookie'] ?? []).map((cookie) => {
    const [pair = ''] = cookie.split(';', 1);
    const end = pair.indexOf('=');
    return [pair.slice(0, end), pair.slice(end + 1)] as const;
  });
  return { status, headers, body, code: body.code, cookies: Object.fromEntries(cookies) };
}
