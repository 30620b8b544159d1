import { expect } from 'chai';
import { OAuthBadReturnToError, oidc } from '../../../src/features/oauth/index.js';
import { ReturnTo } from '../../../src/features/oauth/return-to.js';
import { OriginPolicy } from '../../../src/http/index.js';
import { Browser } from './support/browser.js';
import { startApp } from './support/oauth-app.js';

/** Each list of addresses that was wrong elsewhere. */
const OPEN_REDIRECTS =
  'better-auth CVE-2024-56734, CVE-2025-27143, CVE-2025-53535; next-auth CVE-2022-24858, CVE-2022-29214; ' +
  'validator CVE-2025-56200; devise CVE-2026-40295; django-allauth 65.14.1; supertokens';

const HOSTILE = [
  'https://evil.example',
  '//evil.example',
  '///evil.example',
  '////evil.example/',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  ' //evil.example',
  'https:\\\\evil.example',
  'http://app.example/',
  'https://app.example:444/',
  'https://app.example.evil.example/',
  'https://app.example@evil.example/',
  'https://evil@app.example/',
  'https://user:secret@app.example/',
  'https://evil.example#@app.example/',
  'https://evil.example\\@app.example/',
  'javascript:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>',
  'blob:https://app.example/1',
  'vbscript:x',
  'file:///etc/passwd',
  'capacitor://evil',
  'https://spa.example.evil.example/',
  'http://spa.example/',
  'https://[',
  `/${'a'.repeat(1024)}`,
  `/${'é'.repeat(1000)}`,
];

describe('ReturnTo', () => {
  const returns = new ReturnTo(new URL('https://app.example'), [
    new OriginPolicy(['https://spa.example', 'capacitor://localhost']),
  ]);

  for (const [from, to] of [
    ['/', 'https://app.example/'],
    ['/welcome?a=1#b', 'https://app.example/welcome?a=1#b'],
    ['welcome', 'https://app.example/welcome'],
    ['', 'https://app.example/'],
    ['https://app.example/x', 'https://app.example/x'],
    ['https://APP.example:443/x', 'https://app.example/x'],
    ['https:evil.example', 'https://app.example/evil.example'],
    ['/.//evil.example', 'https://app.example//evil.example'],
    ['/%2F%2Fevil.example', 'https://app.example/%2F%2Fevil.example'],
    ['https://spa.example/done', 'https://spa.example/done'],
    ['capacitor://localhost/done', 'capacitor://localhost/done'],
  ] as const) {
    it(`takes ${JSON.stringify(from)} as ${to}`, () => {
      expect(returns.resolve(from)).to.equal(to);
    });
  }

  for (const hostile of HOSTILE) {
    it(`refuses ${JSON.stringify(hostile.slice(0, 60))}`, () => {
      expect(() => returns.resolve(hostile)).to.throw(OAuthBadReturnToError);
    });
  }

  it(`is asked before anything else is done (${OPEN_REDIRECTS})`, async () => {
    const issuer = 'http://127.0.0.1:9';
    const app = await startApp({ providers: { oidc: oidc({ issuer, clientId: 'app', clientSecret: 'secret' }) } });
    for (const hostile of HOSTILE) {
      const page = await new Browser().visit(`${app.url}/oauth/oidc/authorize?returnTo=${encodeURIComponent(hostile)}`);
      expect([page.status, page.json.code], hostile).to.deep.equal([400, 'OAUTH_BAD_RETURN_TO']);
      expect(page.headers.get('set-cookie'), hostile).to.equal(null);
    }
    await app.stop();
  });
});
