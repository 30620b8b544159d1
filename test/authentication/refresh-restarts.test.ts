import { expect } from 'chai';
import { AuthenticationBackend, BearerTransport, JwtStrategy } from '../../src/index.js';
import { TestClock } from '../../src/testing/index.js';
import { databaseBackends } from '../support/backends.js';
import { drivers, type TestDatabase } from '../support/databases.js';
import type { Member } from '../support/member.entity.js';
import { SignInApp } from '../support/sign-in-app.js';
import { emailOf, type SignedIn, signedInBy } from '../support/sign-in-client.js';

const A = 'the first secret, which has more than 32 bytes';
const B = 'the second secret, which has more than 32 bytes';

/** Restarts of one app: each is a new set-up on the same database, with other options. */
describe('sessions, between restarts', () => {
  const clock = new TestClock();
  let database: TestDatabase;
  let app: SignInApp;

  beforeEach(async () => {
    const [driver] = drivers;
    if (driver === undefined) throw new Error('there is no driver');
    database = await driver.createDatabase();
    await start({ secret: A });
    await app.add('ada');
  });

  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  async function start(options: { secret: string | string[]; backends?: AuthenticationBackend<Member>[] }): Promise<void> {
    app = await SignInApp.start(database.dataSourceOptions(), { backends: databaseBackends(), clock, ...options });
  }

  async function restart(options: Parameters<typeof start>[0]): Promise<void> {
    await app.close();
    await start(options);
  }

  describe('a secret that is rotated from a over b,a to b', () => {
    it('signs nobody out who came back in between', async () => {
      let bearer = await app.signIn('ada', 'jwt');
      const cookie = await app.signIn('ada', 'cookie');
      await restart({ secret: [B, A] });
      expect(await app.me(bearer)).to.equal(200);
      const answer = await app.refresh(bearer.refreshToken);
      expect(answer.status).to.equal(200);
      bearer = signedInBy(answer);
      await restart({ secret: B });
      expect(await app.me(bearer)).to.equal(200);
      expect((await app.refresh(bearer.refreshToken)).status).to.equal(200);
      expect(await app.me(cookie)).to.equal(200);
    });

    it('signs those out whose JWT is of the secret that is gone, and ends no session by that', async () => {
      const stale = await app.signIn('ada', 'jwt');
      await restart({ secret: B });
      expect(await app.me(stale)).to.equal(401);
      expect((await app.refresh(stale.refreshToken)).code).to.equal('REFRESH_BAD_TOKEN');
      expect(app.reports.reuses).to.deep.equal([]);
      await restart({ secret: [B, A] });
      expect(await app.me(stale)).to.equal(200);
    });

    it('answers one who repeats a refresh with the successor that another process made by the older secret', async () => {
      const { refreshToken } = await app.signIn('ada', 'jwt');
      const first = await app.refresh(refreshToken);
      await restart({ secret: [B, A] });
      const second = await app.refresh(refreshToken);
      expect(second.body.refresh_token).to.equal(first.body.refresh_token);
    });

    it('still knows a token that comes back', async () => {
      const { refreshToken } = await app.signIn('ada', 'jwt');
      await app.refresh(refreshToken);
      await restart({ secret: [B, A] });
      clock.advance({ seconds: 11 });
      expect((await app.refresh(refreshToken)).status).to.equal(401);
      expect(app.reports.reuses).to.deep.equal([emailOf('ada')]);
    });
  });

  describe('refresh', () => {
    let signedIn: SignedIn;

    beforeEach(async () => {
      signedIn = await app.signIn('ada', 'jwt');
    });

    function jwt(refresh?: { graceSeconds?: number }): AuthenticationBackend<Member>[] {
      const options = { name: 'jwt', transport: new BearerTransport(), strategy: new JwtStrategy<Member>() };
      return [new AuthenticationBackend(refresh === undefined ? options : { ...options, refresh })];
    }

    it('that was switched off refuses the tokens of before, and ends no session', async () => {
      await restart({ secret: A, backends: jwt() });
      expect((await app.refresh(signedIn.refreshToken)).code).to.equal('REFRESH_BAD_TOKEN');
      expect(await app.me(signedIn)).to.equal(200);
      expect((await app.login('ada', 'jwt')).body).to.not.have.property('refresh_token');
    });

    it('without a grace takes each token once', async () => {
      await restart({ secret: A, backends: jwt({ graceSeconds: 0 }) });
      expect((await app.refresh(signedIn.refreshToken)).status).to.equal(200);
      clock.advance({ seconds: 1 });
      expect((await app.refresh(signedIn.refreshToken)).status).to.equal(401);
      expect(app.reports.reuses).to.have.length(1);
    });
  });

  describe('a requirement of verification', () => {
    it('that is new answers 403 to a refresh of who has yet to verify his address', async () => {
      await app.add('una', { isVerified: false });
      const { refreshToken } = await app.signIn('una', 'jwt');
      await app.close();
      app = await SignInApp.start(database.dataSourceOptions(), {
        backends: databaseBackends(),
        clock,
        secret: A,
        requiresVerification: true,
      });
      const answer = await app.refresh(refreshToken);
      expect([answer.status, answer.code]).to.deep.equal([403, 'FORBIDDEN']);
      const una = await app.users.manager.findByEmail(emailOf('una'));
      if (una !== null) await app.users.manager.update(una, { isVerified: true });
      expect((await app.refresh(refreshToken)).status).to.equal(200);
    });
  });
});
