import { expect } from 'chai';
import { forEachDriver, type TestDatabase } from '../support/databases.js';
import { type Answer, ExampleServer } from './example-server.js';

const ada = { email: 'ada@example.com', password: 'analytical engine' };
const sue = { email: 'sue@example.com', password: 'a superuser of old' };
const newPassword = 'difference engine';

describe('the example, as its user goes through it', () => {
  forEachDriver((driver) => {
    let database: TestDatabase;
    let server: ExampleServer;
    let token = '';

    before(async () => {
      database = await driver.createDatabase();
      server = await ExampleServer.start({
        DATABASE_URL: database.url,
        SUPERUSER_EMAIL: sue.email,
        SUPERUSER_PASSWORD: sue.password,
      });
    });

    after(async () => {
      await server.remove();
      await database.drop();
    });

    const post = (path: string, body: unknown, bearer?: string): Promise<Answer> =>
      server.ask('POST', path, { body, ...(bearer !== undefined && { token: bearer }) });

    it('registers a person, and never shows a secret', async () => {
      const { status, body, headers } = await post('/users/register', { ...ada, firstName: 'Ada', isSuperuser: true });
      expect(status).to.equal(201);
      expect(headers.get('cache-control')).to.equal('no-store');
      const { id, createdAt, ...rest } = body;
      expect(id).to.match(/^[0-9a-f-]{36}$/);
      expect(new Date(String(createdAt)).getTime()).to.be.closeTo(Date.now(), 60_000);
      expect(rest).to.deep.equal({
        email: ada.email,
        pendingEmail: null,
        isActive: true,
        isSuperuser: false,
        isVerified: false,
        hasPassword: true,
        firstName: 'Ada',
      });
    });

    it('takes an address once', async () => {
      const { status, body } = await post('/users/register', { ...ada, email: ' ADA@Example.com' });
      expect([status, body.code]).to.deep.equal([400, 'REGISTER_USER_ALREADY_EXISTS']);
    });

    it('verifies by the link of the mail, whose line is on the console', async () => {
      const link = await server.tokenFor(ada.email, 'Verify your address');
      expect(server.output).to.include(`${server.url}/verify?token=${link}`);
      const { status, body } = await post('/users/verify', { token: link });
      expect([status, body.isVerified]).to.deep.equal([200, true]);
      const again = await post('/users/verify', { token: link });
      expect([again.status, again.body.code]).to.deep.equal([400, 'VERIFY_USER_ALREADY_VERIFIED']);
    });

    it('signs in, and shows who is signed in', async () => {
      const { status, body } = await post('/users/login', { username: ada.email, password: ada.password });
      expect(status).to.equal(200);
      expect([body.token_type, body.expires_in]).to.deep.equal(['bearer', 900]);
      token = String(body.access_token);
      const me = await server.ask('GET', '/users/me', { token });
      expect([me.status, me.body.email]).to.deep.equal([200, ada.email]);
    });

    it('refreshes by the token that came with the login', async () => {
      const login = await post('/users/login', { username: ada.email, password: ada.password });
      const refreshed = await post('/users/refresh', { refresh_token: login.body.refresh_token });
      expect(refreshed.status).to.equal(200);
      expect((await server.ask('GET', '/users/me', { token: String(refreshed.body.access_token) })).status).to.equal(200);
    });

    it('moves to a new address once it is confirmed, and tells the old one', async () => {
      const email = 'countess@example.com';
      const changed = await server.ask('PATCH', '/users/me', { token, body: { email, currentPassword: ada.password } });
      expect([changed.status, changed.body.email, changed.body.pendingEmail]).to.deep.equal([200, ada.email, email]);
      const confirmation = await server.tokenFor(email, 'Confirm your new address');
      expect((await server.mailsTo(ada.email)).at(-1)).to.include('Subject: Your address is about to change');
      const confirmed = await post('/users/verify', { token: confirmation });
      expect([confirmed.status, confirmed.body.email, confirmed.body.pendingEmail]).to.deep.equal([200, email, null]);
      expect((await server.mailsTo(ada.email)).at(-1)).to.include('Subject: Your address was changed');
      ada.email = email;
    });

    it('resets a forgotten password, ends the session of before, and tells the owner', async () => {
      expect((await post('/users/forgot-password', { email: ada.email })).status).to.equal(202);
      const link = await server.tokenFor(ada.email, 'Choose a new password');
      expect((await post('/users/reset-password', { token: link, password: newPassword })).status).to.equal(204);
      const spent = await post('/users/reset-password', { token: link, password: newPassword });
      expect([spent.status, spent.body.code]).to.deep.equal([400, 'RESET_PASSWORD_BAD_TOKEN']);
      const me = await server.ask('GET', '/users/me', { token });
      expect([me.status, me.headers.get('www-authenticate')]).to.deep.equal([401, 'Bearer error="invalid_token"']);
      expect((await server.mailsTo(ada.email)).at(-1)).to.include('Subject: Your password was changed');
    });

    it('signs in by a cookie, which a page of another site cannot use', async () => {
      const login = await post('/auth/cookie/login', { username: ada.email, password: newPassword });
      expect(login.status).to.equal(204);
      const cookie = (login.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '';
      const headers = { Cookie: cookie };
      expect((await server.ask('GET', '/users/me', { headers })).status).to.equal(200);
      const foreign = await server.ask('POST', '/users/logout', { headers: { ...headers, 'Sec-Fetch-Site': 'cross-site' } });
      expect([foreign.status, foreign.body.code]).to.deep.equal([403, 'CSRF_REJECTED']);
    });

    it('lets the superuser list and invite people, who choose their first password', async () => {
      const superuser = await server.signIn(sue.email, sue.password);
      const { status, body } = await server.ask('GET', '/users?limit=1', { token: superuser });
      expect([status, body.nextCursor]).to.satisfy(([code, cursor]: unknown[]) => code === 200 && typeof cursor === 'string');
      const invited = await post('/users', { email: 'vera@example.com' }, superuser);
      expect([invited.status, invited.body.hasPassword]).to.deep.equal([201, false]);
      const link = await server.tokenFor('vera@example.com', 'You are invited');
      expect(await server.mailsTo('vera@example.com')).to.have.length(1);
      expect((await post('/users/reset-password', { token: link, password: newPassword })).status).to.equal(204);
      await server.signIn('vera@example.com', newPassword);
    });

    it('shows a person what happened to the account, and nobody else’s', async () => {
      const fresh = await server.signIn(ada.email, newPassword);
      const { status, body } = await server.ask('GET', '/users/me/events?limit=100', { token: fresh });
      expect(status).to.equal(200);
      const kinds = (body.items as { kind: string }[]).map(({ kind }) => kind);
      expect(kinds.slice(-3)).to.deep.equal(['login', 'verified', 'registered']);
      expect(kinds).to.include.members(['email-changed', 'password-reset']);
      expect(JSON.stringify(body)).not.to.match(/example\.com|engine/);
      const superuser = await server.signIn(sue.email, sue.password);
      const { id } = (await server.ask('GET', '/users/me', { token: superuser })).body;
      expect((await server.ask('GET', `/users/${id}/events`, { token: fresh })).status).to.equal(403);
    });

    it('deletes the account with all that belongs to it', async () => {
      const fresh = await server.signIn(ada.email, newPassword);
      const { id } = (await server.ask('GET', '/users/me', { token: fresh })).body;
      expect((await post('/notes', { text: 'Note G' }, fresh)).status).to.equal(201);
      const body = { currentPassword: newPassword };
      expect((await server.ask('DELETE', '/users/me', { token: fresh, body })).status).to.equal(204);
      const login = await post('/users/login', { username: ada.email, password: newPassword });
      expect([login.status, login.body.code]).to.deep.equal([400, 'LOGIN_BAD_CREDENTIALS']);
      ada.email = 'ada@example.com';
      const superuser = await server.signIn(sue.email, sue.password);
      const events = await server.ask('GET', `/users/${id}/events?limit=1`, { token: superuser });
      expect([events.status, events.body.items]).to.satisfy(
        ([status, items]: [number, { kind: string }[]]) => status === 200 && items[0]?.kind === 'deleted',
      );
    });
  });
});
