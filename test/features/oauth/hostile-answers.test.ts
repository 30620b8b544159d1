import { expect } from 'chai';
import { oidc } from '../../../src/features/oauth/index.js';
import { Browser, type Page } from './support/browser.js';
import { whoIs } from './support/journey.js';
import { type OAuthApp, startApp } from './support/oauth-app.js';
import { makeKey, ODD_CLIENT, OddProvider, sendJson } from './support/odd-provider.js';

describe('what a provider answers', () => {
  let provider: OddProvider;
  let app: OAuthApp;
  let browser: Browser;

  beforeEach(async () => {
    provider = await OddProvider.start();
    app = await startApp({ providers: { odd: oidc({ ...ODD_CLIENT, issuer: provider.issuer }) }, timeoutSeconds: 1 });
    browser = new Browser();
  });
  afterEach(async () => {
    await app.stop();
    await provider.down();
  });

  /** A whole sign-in, with what the test adds to the callback. */
  async function signIn(parameters: Record<string, string> = {}): Promise<Page> {
    const start = await browser.visit(`${app.url}/oauth/odd/authorize`);
    if (start.status !== 200) return start;
    const { searchParams } = new URL(String(start.json.authorization_url));
    provider.nonce = searchParams.get('nonce') ?? '';
    const query = new URLSearchParams({ code: 'a code', state: searchParams.get('state') ?? '', ...parameters });
    return browser.visit(`${app.url}/oauth/odd/callback?${query}`);
  }

  async function expectRefusal(status: number, code: string, page: Page): Promise<void> {
    expect([page.status, page.json.code]).to.deep.equal([status, code]);
    expect(await app.accountRows()).to.have.length(0);
    expect(await app.manager.findByEmail('ada@example.com')).to.equal(null);
    expect(app.log.lines.join()).not.to.match(/a code|of the provider|that both know|ada@example/);
  }

  it('signs in where it is right', async () => {
    const page = await signIn();
    expect(page.status, app.log.lines.join()).to.equal(200);
    expect(await whoIs(app, browser, page)).to.include({ email: 'ada@example.com', isVerified: true });
  });

  it('may have the address in the user info alone', async () => {
    provider.claims = { email: undefined, email_verified: undefined };
    provider.userInfo = { sub: 'ada', email: 'info@example.com', email_verified: true };
    expect(await whoIs(app, browser, await signIn())).to.include({ email: 'info@example.com', isVerified: true });
  });

  it('tells in one place of the address and whether it is verified', async () => {
    provider.claims = { email: undefined, email_verified: true };
    provider.userInfo = { sub: 'ada', email: 'info@example.com', email_verified: false };
    expect(await whoIs(app, browser, await signIn())).to.include({ email: 'info@example.com', isVerified: false });
  });

  it('signs in by issuer and subject, whatever name or address it tells beside (django-allauth 65.13)', async () => {
    const { id } = await whoIs(app, browser, await signIn());
    const names = { preferred_username: 'grace', upn: 'grace@example.com', name: 'Grace' };
    provider.claims = { ...names, email: 'grace@example.com' };
    expect((await whoIs(app, browser, await signIn())).id).to.equal(id);
    provider.claims = { ...names, sub: 'mallory', email: 'mallory@example.com' };
    expect((await whoIs(app, browser, await signIn())).id).not.to.equal(id);
  });

  describe('as an ID token is OAUTH_BAD_ANSWER (next-auth CVE-2023-27490)', () => {
    const now = Math.floor(Date.now() / 1000);
    const wrong: Record<string, [claims: Record<string, unknown>, reason: RegExp]> = {
      'with another nonce': [{ nonce: 'another' }, /"nonce" claim value/],
      'without a nonce': [{ nonce: undefined }, /nonce.*missing/],
      'of another issuer': [{ iss: 'https://evil.example' }, /"iss"/],
      'for another audience': [{ aud: 'another app' }, /"aud"/],
      'for several, and another authorized party': [{ aud: ['app', 'another app'], azp: 'another app' }, /"azp"/],
      'without an audience': [{ aud: undefined }, /aud.*missing/],
      'expired for ten seconds': [{ exp: now - 10 }, /"exp"/],
      'without an end': [{ exp: undefined }, /exp.*missing/],
      'that is not yet good': [{ nbf: now + 600 }, /"nbf"/],
      'without a subject': [{ sub: undefined }, /sub.*missing/],
      'with an empty subject': [{ sub: '' }, /the account has no id/],
      'with a subject of white space around': [{ sub: 'ada ' }, /the account has no id/],
      'with a subject that is no text': [{ sub: { $ne: null } }, /"sub"/],
      'with a subject of 256 characters': [{ sub: 'a'.repeat(256) }, /the account has no id/],
      'with a NUL in its subject': [{ sub: 'a\0b' }, /the account has no id/],
    };
    const refuses = async (reason: RegExp): Promise<void> => {
      await expectRefusal(400, 'OAUTH_BAD_ANSWER', await signIn());
      expect(app.log.lines.at(-1)?.replaceAll('\\', '')).to.match(reason);
    };
    for (const [name, [claims, reason]] of Object.entries(wrong)) {
      it(name, async () => {
        provider.claims = claims;
        await refuses(reason);
      });
    }

    it('of the issuer with a slash more', async () => {
      provider.claims = { iss: `${provider.issuer}/` };
      await refuses(/"iss"/);
    });

    it('with a signature of another key', async () => {
      provider.signingKey = makeKey('usual').privateKey;
      await refuses(/signature/);
    });

    it('without a signature, though the discovery lists that', async () => {
      provider.algorithm = 'none';
      provider.signingKey = '';
      await refuses(/algorithm|alg/);
    });

    it('signed by the client secret, or by the public key as if it were a secret', async () => {
      provider.algorithm = 'HS256';
      for (const key of [ODD_CLIENT.clientSecret, JSON.stringify(provider.key.jwk)]) {
        provider.signingKey = key;
        await refuses(/algorithm|alg/);
      }
    });

    it('by an algorithm that the discovery does not list', async () => {
      provider.algorithm = 'RS384';
      await refuses(/"alg"/);
    });

    it('that is none, or not there', async () => {
      for (const idToken of ['x', 'a.b.c', '', 7, undefined]) {
        provider.tokens = { id_token: idToken };
        await expectRefusal(400, 'OAUTH_BAD_ANSWER', await signIn());
      }
    });

    it('of another person than the user info', async () => {
      provider.claims = { email: undefined };
      provider.userInfo = { sub: 'mallory', email: 'ada@example.com', email_verified: true };
      await refuses(/"sub"/);
    });
  });

  it('is unverified for every email_verified but true', async () => {
    for (const [index, claim] of ['true', 1, 'false', {}, null].entries()) {
      provider.claims = { email_verified: claim, sub: `person ${index}`, email: `person${index}@example.com` };
      expect(await whoIs(app, browser, await signIn()), String(claim)).to.include({ isVerified: false });
    }
  });

  describe('to the callback', () => {
    it('with a wrong iss is OAUTH_BAD_ANSWER, and its code is not sent on', async () => {
      await expectRefusal(400, 'OAUTH_BAD_ANSWER', await signIn({ iss: 'https://evil.example' }));
      expect(provider.requests).not.to.include('POST /token');
    });

    it('without the iss that it promises is OAUTH_BAD_ANSWER', async () => {
      provider.metadata = { authorization_response_iss_parameter_supported: true };
      await expectRefusal(400, 'OAUTH_BAD_ANSWER', await signIn());
      expect((await signIn({ iss: provider.issuer })).status).to.equal(200);
    });

    it('with an error is by its word', async () => {
      for (const [error, status, code] of [
        ['access_denied', 400, 'OAUTH_ACCESS_DENIED'],
        ['temporarily_unavailable', 502, 'OAUTH_PROVIDER_ERROR'],
        ['invalid_scope', 400, 'OAUTH_BAD_ANSWER'],
        ['<script>', 400, 'OAUTH_BAD_ANSWER'],
      ] as const) {
        const page = await signIn({ error, error_description: 'ada@example.com' });
        await expectRefusal(status, code, page);
        expect(JSON.stringify(page.json)).not.to.include('script');
      }
    });

    it('with an empty code, or an ID token beside it, is OAUTH_BAD_ANSWER', async () => {
      await expectRefusal(400, 'OAUTH_BAD_ANSWER', await signIn({ code: '' }));
      await expectRefusal(400, 'OAUTH_BAD_ANSWER', await signIn({ id_token: 'x' }));
      expect(provider.requests).not.to.include('POST /token');
    });
  });

  describe('at the token endpoint', () => {
    const answer = (answers: Parameters<OddProvider['answers']['set']>[1]) => provider.answers.set('/token', answers);

    it('with 200 and an error is OAUTH_BAD_ANSWER (passport-oauth2 CVE-2021-41580)', async () => {
      answer((_, response) => sendJson(response, 200, { error: 'bad_verification_code' }));
      await expectRefusal(400, 'OAUTH_BAD_ANSWER', await signIn());
    });

    it('with 400 and an error is OAUTH_BAD_ANSWER, and the log has the word', async () => {
      answer((_, response) => sendJson(response, 400, { error: 'invalid_grant', error_description: 'ada@example.com' }));
      await expectRefusal(400, 'OAUTH_BAD_ANSWER', await signIn());
      expect(app.log.lines.join()).to.include('it said "invalid_grant"');
    });

    for (const [name, body] of [
      ['HTML', '<h1>Welcome'],
      ['half of a JSON', '{"access_token":'],
      ['a list', '[]'],
      ['null', 'null'],
      ['nothing', ''],
    ] as const) {
      it(`with ${name} is OAUTH_BAD_ANSWER`, async () => {
        answer((_, response) =>
          response.writeHead(200, { 'content-type': name === 'HTML' ? 'text/html' : 'application/json' }).end(body),
        );
        await expectRefusal(400, 'OAUTH_BAD_ANSWER', await signIn());
      });
    }

    it('with a redirect is OAUTH_BAD_ANSWER, and is not followed', async () => {
      answer((_, response) => response.writeHead(307, { location: `${provider.issuer}/elsewhere` }).end());
      await expectRefusal(400, 'OAUTH_BAD_ANSWER', await signIn());
      expect(provider.requests).not.to.include('POST /elsewhere');
    });

    it('with 50 MB is OAUTH_PROVIDER_ERROR, and is not read to its end', async () => {
      let sent = 0;
      answer((_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const more = (): void => {
          while (sent < 50_000_000 && !response.destroyed) {
            sent += 65_536;
            if (!response.write(' '.repeat(65_536))) return void response.once('drain', more);
          }
          response.end();
        };
        more();
      });
      await expectRefusal(502, 'OAUTH_PROVIDER_ERROR', await signIn());
      expect(sent).to.be.below(20_000_000);
    });

    it('with a head and then nothing, or never, is OAUTH_PROVIDER_ERROR in time', async () => {
      for (const begins of [true, false]) {
        answer((_, response) => {
          if (begins) response.writeHead(200, { 'content-type': 'application/json' }).write('{');
        });
        const before = Date.now();
        await expectRefusal(502, 'OAUTH_PROVIDER_ERROR', await signIn());
        expect(Date.now() - before).to.be.below(3000);
      }
    });

    it('with a byte now and then is OAUTH_PROVIDER_ERROR in time', async () => {
      answer((_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const drip = setInterval(() => response.write(' '), 100);
        response.on('close', () => clearInterval(drip));
      });
      await expectRefusal(502, 'OAUTH_PROVIDER_ERROR', await signIn());
    });

    for (const status of [500, 503, 429]) {
      it(`with ${status} is OAUTH_PROVIDER_ERROR`, async () => {
        answer((_, response) => sendJson(response, status, { error: 'server_error' }));
        await expectRefusal(502, 'OAUTH_PROVIDER_ERROR', await signIn());
      });
    }

    it('with a token of 20 kB, or one that is no text, is OAUTH_BAD_ANSWER', async () => {
      for (const token of ['a'.repeat(20_000), 7, {}, null]) {
        provider.tokens = { access_token: token };
        await expectRefusal(400, 'OAUTH_BAD_ANSWER', await signIn());
      }
    });

    it('may be of a token that ends when no clock runs any more', async () => {
      provider.tokens = { expires_in: Number.MAX_SAFE_INTEGER };
      expect((await signIn()).status).to.equal(200);
    });

    it('may be that it wants the secret in the other way, which is kept', async () => {
      answer((request, response, form) => {
        if (request.headers.authorization !== undefined) return sendJson(response, 401, { error: 'invalid_client' });
        provider.answers.delete('/token');
        expect(form.get('client_secret')).to.equal(ODD_CLIENT.clientSecret);
        sendJson(response, 200, { access_token: 'x', token_type: 'bearer', id_token: provider.idToken() });
      });
      expect((await signIn()).status).to.equal(200);
      provider.forms = [];
      expect((await signIn()).status).to.equal(200);
      expect(provider.forms).to.have.length(1);
      expect(provider.forms[0]?.get('client_secret')).to.equal(ODD_CLIENT.clientSecret);
    });

    it('may be so to two who are the first at the same time', async () => {
      let refused = 0;
      answer((request, response, form) => {
        provider.nonce = form.get('code') ?? '';
        if (request.headers.authorization === undefined) return sendJson(response, 200, provider.usualTokens());
        refused += 1;
        // The one refusal is there before the other, so that the second comes when the way was changed already.
        setTimeout(() => sendJson(response, 401, { error: 'invalid_client' }), refused * 100);
      });
      const callbacks = await Promise.all(
        [new Browser(), new Browser()].map(async (own) => {
          const start = await own.visit(`${app.url}/oauth/odd/authorize`);
          const { searchParams } = new URL(String(start.json.authorization_url));
          const query = new URLSearchParams({
            code: searchParams.get('nonce') ?? '',
            state: searchParams.get('state') ?? '',
          });
          return () => own.visit(`${app.url}/oauth/odd/callback?${query}`);
        }),
      );
      const pages = await Promise.all(callbacks.map((visit) => visit()));
      expect(refused).to.equal(2);
      expect(pages.map(({ status }) => status)).to.deep.equal([200, 200]);
    });

    it('that takes the secret in no way is OAUTH_BAD_ANSWER, and the log says what is wrong', async () => {
      answer((_, response) => sendJson(response, 401, { error: 'invalid_client' }));
      await expectRefusal(400, 'OAUTH_BAD_ANSWER', await signIn());
      expect(app.log.lines.join()).to.include('invalid_client');
      expect(provider.forms).to.have.length(2);
    });
  });

  describe('at its other endpoints', () => {
    it('with 401, HTML or 500 for the user info is refused', async () => {
      provider.claims = { email: undefined };
      for (const [status, code] of [
        [401, 'OAUTH_BAD_ANSWER'],
        [200, 'OAUTH_BAD_ANSWER'],
        [500, 'OAUTH_PROVIDER_ERROR'],
      ] as const) {
        provider.answers.set('/me', (_, response) => response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>'));
        await expectRefusal(code === 'OAUTH_PROVIDER_ERROR' ? 502 : 400, code, await signIn());
      }
    });

    it('with keys that are none is OAUTH_BAD_ANSWER', async () => {
      for (const keys of [[], [null], [{ kty: 'RSA' }], [{ ...provider.key.jwk, n: '' }]]) {
        provider.publishedKeys = keys as object[];
        await expectRefusal(400, 'OAUTH_BAD_ANSWER', await signIn());
      }
    });

    it('with another issuer in its discovery is OAUTH_PROVIDER_ERROR, and no code goes anywhere', async () => {
      provider.metadata = { issuer: 'https://evil.example' };
      await expectRefusal(502, 'OAUTH_PROVIDER_ERROR', await signIn());
    });

    it('with a page in place of its discovery is OAUTH_PROVIDER_ERROR', async () => {
      provider.answers.set('/.well-known/openid-configuration', (_, response) => response.writeHead(200).end('<h1>Soon'));
      await expectRefusal(502, 'OAUTH_PROVIDER_ERROR', await signIn());
    });
  });

  it('with a key that is new since the last sign-in is good at once', async () => {
    expect((await signIn()).status).to.equal(200);
    provider.key = makeKey('new');
    provider.publishedKeys = [provider.key.jwk];
    expect((await signIn()).status).to.equal(200);
    expect(provider.forms.map((form) => form.get('grant_type'))).to.have.length(2);
  });

  describe('once it is down', () => {
    it('is 502 at authorize and callback, and fine again without a restart', async () => {
      await provider.down();
      const page = await signIn();
      await expectRefusal(502, 'OAUTH_PROVIDER_ERROR', page);
      await provider.up();
      const start = await browser.visit(`${app.url}/oauth/odd/authorize`);
      const { searchParams } = new URL(String(start.json.authorization_url));
      await provider.down();
      const failed = await browser.visit(`${app.url}/oauth/odd/callback?code=x&state=${searchParams.get('state')}`);
      await expectRefusal(502, 'OAUTH_PROVIDER_ERROR', failed);
      await provider.up();
      expect((await signIn()).status).to.equal(200);
    });

    it('gives no cookie, and leaves those of other flows', async () => {
      await provider.down();
      const page = await browser.visit(`${app.url}/oauth/odd/authorize`, {
        headers: { cookie: Array.from({ length: 5 }, (_, index) => `__Host-oauth-${String(index).repeat(16)}=x`).join('; ') },
      });
      expect([page.status, page.headers.getSetCookie()]).to.deep.equal([502, []]);
    });

    it('serves on with what was found of it an hour ago, and is looked up again when it is back', async () => {
      await signIn();
      app.clock.advance(3601);
      await provider.down();
      const begun = await Promise.all([1, 2, 3].map(() => new Browser().visit(`${app.url}/oauth/odd/authorize`)));
      expect(begun.map(({ status }) => status)).to.deep.equal([200, 200, 200]);
      await provider.up();
      await browser.visit(`${app.url}/oauth/odd/authorize`);
      expect(provider.requests.filter((request) => request.includes('well-known'))).to.have.length(2);
    });

    it('is asked once by ten who come at the same time', async () => {
      await Promise.all(Array.from({ length: 10 }, () => new Browser().visit(`${app.url}/oauth/odd/authorize`)));
      expect(provider.requests).to.deep.equal(['GET /.well-known/openid-configuration']);
    });
  });
});
