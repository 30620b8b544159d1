import { type Browser, type Page } from './browser.js';
import type { OAuthApp, User } from './oauth-app.js';

export const PASSWORD = 'correct horse battery';

/** Begins at an app and goes to the provider. @returns the address at the app that the provider sends back to, not yet visited */
export async function toCallback(app: OAuthApp, browser: Browser, query = '', provider = 'oidc'): Promise<string> {
  const start = await browser.visit(`${app.url}/oauth/${provider}/authorize${query}`);
  return fromProvider(app, browser, start);
}

/** Goes on from the answer of authorize or associate. */
export async function fromProvider(app: OAuthApp, browser: Browser, start: Page): Promise<string> {
  const address = start.location ?? start.json.authorization_url;
  if (typeof address !== 'string') throw new Error(`authorize answered ${start.status} ${JSON.stringify(start.json)}`);
  const page = await browser.follow(address, (next) => next.startsWith(app.url));
  if (page.location === null) throw new Error(`the provider answered ${page.status} at ${page.url}`);
  return page.location;
}

/** A whole sign-in. @returns the answer of the callback */
export async function signIn(app: OAuthApp, browser: Browser, query = '', provider = 'oidc'): Promise<Page> {
  return browser.visit(await toCallback(app, browser, query, provider));
}

export function bearer({ json }: Page): Record<string, string> {
  return { authorization: `Bearer ${String(json.access_token)}` };
}

/** Who the answer of a sign-in by bearer signs in. */
export async function whoIs(app: OAuthApp, browser: Browser, page: Page): Promise<Record<string, unknown>> {
  return (await browser.visit(`${app.url}/users/me`, { headers: bearer(page) })).json;
}

export async function accountsOf(app: OAuthApp, browser: Browser, page: Page): Promise<Record<string, unknown>[]> {
  const { json } = await browser.visit(`${app.url}/oauth/accounts`, { headers: bearer(page) });
  return json.items as Record<string, unknown>[];
}

/** Does what somebody else does meanwhile: once a statement of this kind is through, and before the next one. */
export function meanwhile(app: OAuthApp, statement: RegExp, work: () => Promise<unknown>): void {
  const { subscribers } = app.dataSource;
  const subscriber = {
    async afterQuery({ query }: { query: string }): Promise<void> {
      if (!statement.test(query)) return;
      subscribers.splice(subscribers.indexOf(subscriber), 1);
      await work();
    },
  };
  subscribers.push(subscriber);
}

/** A user of the app's own, with a password. */
export async function makeUser(
  app: OAuthApp,
  email: string,
  flags: { isVerified?: boolean; isActive?: boolean } = {},
): Promise<User> {
  return app.manager.create({ email, password: PASSWORD, ...flags });
}

export async function logIn(app: OAuthApp, browser: Browser, email: string): Promise<Page> {
  return browser.visit(`${app.url}/users/login`, { form: { username: email, password: PASSWORD } });
}

export async function logInByCookie(app: OAuthApp, browser: Browser, email: string): Promise<Page> {
  return browser.visit(`${app.url}/auth/cookie/login`, { form: { username: email, password: PASSWORD } });
}

/** Begins to add an account to the user who is signed in by the page's token. */
export async function askForAccount(
  app: OAuthApp,
  browser: Browser,
  page: Page,
  body: object = {},
  provider = 'oidc',
): Promise<Page> {
  return browser.visit(`${app.url}/oauth/${provider}/associate`, { json: body, headers: bearer(page) });
}

/** Adds an account. @returns the answer of the callback */
export async function associate(app: OAuthApp, browser: Browser, page: Page, provider = 'oidc'): Promise<Page> {
  const start = await askForAccount(app, browser, page, {}, provider);
  return browser.visit(await fromProvider(app, browser, start));
}
