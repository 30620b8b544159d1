/** An answer, and the address that it came from. */
export interface Page {
  status: number;
  url: string;
  headers: Headers;
  /** Where it sends on, complete; null where it does not. */
  location: string | null;
  json: Record<string, unknown>;
}

interface Visit {
  method?: string;
  headers?: Record<string, string>;
  form?: Record<string, string>;
  json?: object;
  /** `false` leaves the cookies at home, as another browser would. */
  cookies?: boolean;
}

/** What a browser does for these flows, as far as a server sees it: a jar for each origin, and following redirects one by one. */
export class Browser {
  private readonly jars = new Map<string, Map<string, string>>();

  async visit(address: string, { method = 'GET', headers = {}, form, json, cookies = true }: Visit = {}): Promise<Page> {
    const jar = this.jar(address);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const body =
      form === undefined ? (json === undefined ? undefined : JSON.stringify(json)) : new URLSearchParams(form).toString();
    const type = form === undefined ? 'application/json' : 'application/x-www-form-urlencoded';
    const response = await fetch(address, {
      method: body === undefined ? method : method === 'GET' ? 'POST' : method,
      redirect: 'manual',
      headers: {
        ...headers,
        ...(cookies && cookie !== '' ? { cookie } : {}),
        ...(body === undefined ? {} : { 'content-type': type }),
      },
      ...(body === undefined ? {} : { body }),
    });
    for (const line of response.headers.getSetCookie()) this.keep(jar, line);
    const location = response.headers.get('location');
    const text = await response.text();
    return {
      status: response.status,
      url: address,
      headers: response.headers,
      location: location === null ? null : new URL(location, address).href,
      json: text.startsWith('{') ? JSON.parse(text) : {},
    };
  }

  /** Follows redirects until there are none, or until one leads where `stop` says. */
  async follow(address: string, stop: (address: string) => boolean = () => false): Promise<Page> {
    let page = await this.visit(address);
    for (let hops = 0; page.location !== null && !stop(page.location); hops += 1) {
      if (hops > 15) throw new Error(`redirects without an end, at ${page.location}`);
      page = await this.visit(page.location);
    }
    return page;
  }

  cookieNames(address: string): string[] {
    return [...this.jar(address).keys()];
  }

  cookie(address: string, name: string): string | undefined {
    return this.jar(address).get(name);
  }

  setCookie(address: string, name: string, value: string): void {
    this.jar(address).set(name, value);
  }

  private jar(address: string): Map<string, string> {
    const { origin } = new URL(address);
    const jar = this.jars.get(origin) ?? new Map<string, string>();
    this.jars.set(origin, jar);
    return jar;
  }

  private keep(jar: Map<string, string>, line: string): void {
    const [pair = '', ...attributes] = line.split('; ');
    const name = pair.slice(0, pair.indexOf('='));
    const isGone = attributes.some((attribute) => /^max-age=0$/i.test(attribute) || /^expires=Thu, 01 Jan 1970/i.test(attribute));
    if (isGone) jar.delete(name);
    else jar.set(name, pair.slice(name.length + 1));
  }
}
