import { expect } from 'chai';
import { type Environment, ExampleServer, eventually } from './example-server.js';

const ada = { email: 'ada@example.com', password: 'analytical engine' };
const sue = { SUPERUSER_EMAIL: 'sue@example.com', SUPERUSER_PASSWORD: 'a superuser of old' };

describe('the switches of the example', () => {
  let server: ExampleServer;

  afterEach(() => server.remove());

  const start = async (environment: Environment): Promise<void> => {
    server = await ExampleServer.start(environment);
  };

  for (const [value, expected] of [
    ['off', '127.0.0.1'],
    ['loopback', '203.0.113.7'],
  ] as const) {
    it(`TRUST_PROXY=${value} takes ${expected} for the client's address`, async () => {
      await start({ TRUST_PROXY: value });
      await server.register(ada.email, ada.password);
      const headers = { 'X-Forwarded-For': '203.0.113.7' };
      const login = await server.ask('POST', '/users/login', { body: ada, headers });
      const token = String(login.body.access_token);
      const { body } = await server.ask('GET', '/users/me/sessions', { token });
      expect(body.items).to.have.nested.property('[0].ip', expected);
    });
  }

  it('EMAIL_CHANGE=immediate takes a new address at once, and asks for its verification', async () => {
    await start({ EMAIL_CHANGE: 'immediate' });
    await server.register(ada.email, ada.password);
    const token = await server.signIn(ada.email, ada.password);
    const body = { email: 'countess@example.com', currentPassword: ada.password };
    const changed = await server.ask('PATCH', '/users/me', { token, body });
    expect([changed.status, changed.body.email, changed.body.isVerified]).to.deep.equal([200, 'countess@example.com', false]);
    const link = await server.tokenFor('countess@example.com', 'Verify your address');
    expect((await server.ask('POST', '/users/verify', { body: { token: link } })).status).to.equal(200);
  });

  it('REQUIRE_VERIFICATION=on and PREVENT_ENUMERATION=on answer alike for all, and tell the owner', async () => {
    await start({ REQUIRE_VERIFICATION: 'on', PREVENT_ENUMERATION: 'on' });
    for (const _ of [1, 2]) {
      const { status, body } = await server.register(ada.email, ada.password);
      expect([status, body]).to.deep.equal([202, {}]);
    }
    await eventually(async () => (await server.mailsTo(ada.email)).length === 2);
    expect((await server.mailsTo(ada.email)).at(-1)).to.include('Subject: You have an account already');
    const login = await server.ask('POST', '/users/login', { body: ada });
    expect([login.status, login.body.code]).to.deep.equal([400, 'LOGIN_BAD_CREDENTIALS']);
  });

  it('PREVENT_ENUMERATION=on tells the present address of a taken one as of a free one', async () => {
    await start({ REQUIRE_VERIFICATION: 'on', PREVENT_ENUMERATION: 'on', ...sue });
    await server.register(ada.email, ada.password);
    const link = await server.tokenFor(ada.email, 'Verify your address');
    await server.ask('POST', '/users/verify', { body: { token: link } });
    const token = await server.signIn(ada.email, ada.password);
    for (const email of [sue.SUPERUSER_EMAIL, 'countess@example.com']) {
      const before = (await server.mailsTo(ada.email)).length;
      await server.ask('PATCH', '/users/me', { token, body: { email, currentPassword: ada.password } });
      await eventually(async () => (await server.mailsTo(ada.email)).length > before);
      const [mail, ...others] = (await server.mailsTo(ada.email)).slice(before);
      expect(mail, email).to.include('Subject: Your address is about to change');
      expect(others).to.deep.equal([]);
    }
  });

  it('REGISTRATION=invite closes the register, and ACCESS_TOKEN_LIFETIME is what a token lives', async () => {
    await start({ REGISTRATION: 'invite', ACCESS_TOKEN_LIFETIME: '60', ...sue });
    const registered = await server.register(ada.email, ada.password);
    expect([registered.status, registered.body.code]).to.deep.equal([403, 'REGISTRATION_CLOSED']);
    const credentials = { username: sue.SUPERUSER_EMAIL, password: sue.SUPERUSER_PASSWORD };
    const login = await server.ask('POST', '/users/login', { body: credentials });
    expect([login.status, login.body.expires_in]).to.deep.equal([200, 60]);
  });

  for (const [value, expected] of [
    ['on', true],
    ['off', false],
  ] as const) {
    it(`RATE_LIMIT=${value} ${expected ? 'limits' : 'does not limit'} tries`, async () => {
      await start({ RATE_LIMIT: value });
      const tries = Array.from({ length: 61 }, () => server.ask('POST', '/users/verify', { body: { token: 'x' } }));
      const statuses = (await Promise.all(tries)).map(({ status }) => status);
      expect(statuses.includes(429)).to.equal(expected);
    });
  }
});
