import { expect } from 'chai';
import { databaseBackends } from '../support/backends.js';
import { SignInApp } from '../support/sign-in-app.js';

const MEMORY = { type: 'better-sqlite3', database: ':memory:', enableWAL: true } as const;
const TRUSTED = 'https://trusted.example';

/** What a browser says of where a request comes from, and whether that may use a cookie. `HOST` stands for the app's own. */
const TABLE: readonly [string, Record<string, string>, 'passes' | 'is refused'][] = [
  ['no browser, which sends neither header', {}, 'passes'],
  ["the app's own page", { 'sec-fetch-site': 'same-origin', origin: 'http://HOST' }, 'passes'],
  ["the app's own page, without Origin", { 'sec-fetch-site': 'same-origin' }, 'passes'],
  [
    "the app's own page behind a proxy that changes the host",
    { 'sec-fetch-site': 'same-origin', origin: 'https://app.example' },
    'passes',
  ],
  ['the address bar', { 'sec-fetch-site': 'none' }, 'passes'],
  ['a page of a sister domain', { 'sec-fetch-site': 'same-site', origin: 'https://blog.app.example' }, 'is refused'],
  ['a page of a sister domain, without Origin', { 'sec-fetch-site': 'same-site' }, 'is refused'],
  ['a page elsewhere', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, 'is refused'],
  ['a page elsewhere, without Origin', { 'sec-fetch-site': 'cross-site' }, 'is refused'],
  ["a page elsewhere that claims the app's own Origin", { 'sec-fetch-site': 'cross-site', origin: 'http://HOST' }, 'is refused'],
  ['a word that no browser knows', { 'sec-fetch-site': 'own' }, 'is refused'],
  ['an empty word', { 'sec-fetch-site': '' }, 'is refused'],
  ['a trusted origin', { 'sec-fetch-site': 'cross-site', origin: TRUSTED }, 'passes'],
  ['a trusted origin, in an older browser', { origin: TRUSTED }, 'passes'],
  ['a trusted host by another scheme', { origin: 'http://trusted.example' }, 'is refused'],
  ['a trusted host on another port', { origin: 'https://trusted.example:8443' }, 'is refused'],
  ['a host that begins like a trusted one', { origin: 'https://trusted.example.evil.example' }, 'is refused'],
  ['a sister of a trusted one', { origin: 'https://www.trusted.example' }, 'is refused'],
  ["the app's own page, in an older browser", { origin: 'http://HOST' }, 'passes'],
  ["the app's own page behind TLS, in an older browser", { origin: 'https://HOST' }, 'passes'],
  ['a page elsewhere, in an older browser', { origin: 'https://evil.example' }, 'is refused'],
  ['a sandboxed page', { origin: 'null' }, 'is refused'],
  ['a sandboxed page, with the word of its browser', { 'sec-fetch-site': 'cross-site', origin: 'null' }, 'is refused'],
  ['an Origin that is none', { origin: 'http://HOST/path' }, 'is refused'],
  ['an empty Origin', { origin: '' }, 'is refused'],
  ['two Origins in one', { origin: 'http://HOST https://evil.example' }, 'is refused'],
];

describe('requests of other sites (CSRF)', () => {
  let app: SignInApp;
  let cookie: string | undefined;

  before(async () => {
    app = await SignInApp.start(MEMORY, { backends: databaseBackends(), trustedOrigins: [TRUSTED] });
    await app.add('ada');
  });

  beforeEach(async () => {
    cookie = (await app.signIn('ada', 'cookie')).cookie;
  });

  after(() => app.close());

  function headersOf(headers: Record<string, string>): Record<string, string> {
    const { host } = new URL(app.http.url);
    return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replace('HOST', host)]));
  }

  for (const [title, headers, outcome] of TABLE) {
    it(`${title}: ${outcome}`, async () => {
      const sent = { cookie, headers: headersOf(headers) };
      const change = await app.http.post('/things', {}, sent);
      const login = await app.login('ada', 'cookie', { headers: sent.headers });
      if (outcome === 'passes') {
        expect(change.status).to.equal(200);
        expect(login.status).to.equal(204);
      } else {
        expect([change.status, change.code]).to.deep.equal([403, 'CSRF_REJECTED']);
        expect([login.status, login.code, login.cookies]).to.deep.equal([403, 'CSRF_REJECTED', {}]);
        expect(await app.me({ cookie: cookie ?? '' }), 'the session goes on').to.equal(200);
      }
    });
  }

  const foreign = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };

  for (const [method, path] of [
    ['POST', '/users/logout'],
    ['POST', '/auth/cookie/logout'],
    ['PATCH', '/users/me'],
    ['DELETE', '/users/me'],
    ['DELETE', '/users/me/sessions'],
    ['DELETE', '/users/me/sessions/00000000-0000-0000-0000-000000000000'],
    ['POST', '/users/me/reauthenticate'],
  ] as const) {
    it(`${method} ${path} from elsewhere is refused, and changes nothing`, async () => {
      const answer = await app.http.ask(method, path, { cookie, headers: foreign });
      expect([answer.status, answer.code, answer.cookies]).to.deep.equal([403, 'CSRF_REJECTED', {}]);
      expect(await app.me({ cookie: cookie ?? '' })).to.equal(200);
    });
  }

  it('a form from elsewhere is refused before its body is read', async () => {
    const headers = { ...foreign, 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await app.http.ask('POST', '/auth/cookie/login', { headers });
    expect(answer.code).to.equal('CSRF_REJECTED');
  });

  it('a request that only reads passes', async () => {
    expect((await app.http.get('/things', { cookie, headers: foreign })).status).to.equal(200);
  });

  it('a bearer token needs no origin, also beside a cookie that would', async () => {
    const { token } = await app.signIn('ada', 'jwt');
    expect((await app.http.post('/things', {}, { token, headers: foreign })).status).to.equal(200);
    expect((await app.http.post('/things', {}, { token, cookie, headers: foreign })).status).to.equal(200);
  });

  it('a bad bearer token beside a good cookie does', async () => {
    expect((await app.http.post('/things', {}, { token: 'x', cookie, headers: foreign })).code).to.equal('CSRF_REJECTED');
  });

  it('a cookie that is no good is a 401', async () => {
    const answer = await app.http.post('/things', {}, { cookie: '__Host-session=rubbish', headers: foreign });
    expect([answer.status, answer.code]).to.deep.equal([401, 'UNAUTHORIZED']);
    expect(answer.headers['www-authenticate']).to.equal('Bearer error="invalid_token"');
  });

  it("a sign-in by the app's own code whose answer would set a cookie is refused", async () => {
    const backends = databaseBackends().filter(({ name }) => name === 'cookie');
    const other = await SignInApp.start(MEMORY, { backends });
    await other.add('ada');
    const signIn = (headers = {}) => other.http.post('/things/sign-in/ada@example.com', undefined, { headers });
    const refused = await signIn(foreign);
    expect([refused.status, refused.code, refused.cookies]).to.deep.equal([403, 'CSRF_REJECTED', {}]);
    expect((await signIn()).cookies).to.have.all.keys('__Host-session');
    await other.close();
  });

  it('a sign-in whose answer sets no cookie passes', async () => {
    expect((await app.login('ada', 'jwt', { headers: foreign })).status).to.equal(200);
  });
});
