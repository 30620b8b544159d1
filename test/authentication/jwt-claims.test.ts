import { expect } from 'chai';
import { AuthenticationBackend, BearerTransport, JwtStrategy } from '../../src/index.js';
import { KeyRing, Secrets } from '../../src/tokens/index.js';
import { databaseBackends } from '../support/backends.js';
import { drivers, forEachDriver, type TestDatabase } from '../support/databases.js';
import type { Member } from '../support/member.entity.js';
import { SECRET, SignInApp } from '../support/sign-in-app.js';
import { signedInBy } from '../support/sign-in-client.js';

/** What the library itself would sign: here it says what no sign-in of ours would. */
const ring = KeyRing.ofSecrets(new Secrets(SECRET).keys('routing-controllers-users/access'));

describe('the claims of an access token', () => {
  forEachDriver((driver) => {
    let database: TestDatabase;
    let app: SignInApp;
    let ada: Member;
    let bea: Member;

    before(async () => {
      database = await driver.createDatabase();
      app = await SignInApp.start(database.dataSourceOptions(), {
        backends: databaseBackends(),
        sessions: { idleLifetimeSeconds: 600 },
      });
      [ada, bea] = [await app.add('ada'), await app.add('bea')];
    });
    after(async () => {
      await app.close();
      await database.drop();
    });

    async function statusOf(changes: object): Promise<number> {
      await app.signIn('ada');
      const [session] = await app.users.manager.listSessions(ada);
      const iat = Math.floor(app.clock.now().getTime() / 1000);
      const claims = { sub: ada.id, sid: session?.id, aud: 'users:access', iat, exp: iat + 60 };
      return app.me({ token: ring.sign({ ...claims, ...changes }) });
    }

    it('name a user and a session of his', async () => {
      expect(await statusOf({})).to.equal(200);
      expect(await statusOf({ sub: bea.id }), "another's").to.equal(401);
      for (const sub of ['', 'x', '1', null]) expect(await statusOf({ sub }), `the user ${sub}`).to.equal(401);
      const none = '00000000-0000-7000-8000-000000000000';
      for (const sid of [undefined, null, '', 'x', 1, ['x'], none])
        expect(await statusOf({ sid }), `the session ${sid}`).to.equal(401);
    });

    it('end no later than the session would without use', async () => {
      for (const answer of [await app.login('ada', 'jwt'), await app.refresh((await app.signIn('ada')).refreshToken)]) {
        expect(answer.body.expires_in).to.equal(600);
        const [, payload = ''] = signedInBy(answer).token?.split('.') ?? [];
        const { iat, exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { iat: number; exp: number };
        expect(exp - iat).to.equal(600);
      }
    });
  });

  it('live as long as `expires_in` says, wherever in a second they were made', async () => {
    const app = await SignInApp.start({ type: 'better-sqlite3', database: ':memory:', enableWAL: true });
    await app.add('ada');
    for (let tenth = 0; tenth < 10; tenth += 1) {
      app.clock.advance({ seconds: 0.1 });
      expect((await app.login('ada', 'jwt')).body.expires_in).to.equal(900);
    }
    await app.close();
  });

  it('of a former set-up count for nothing once its strategy has other keys', async () => {
    const strategy = new JwtStrategy<Member>();
    const backends = [new AuthenticationBackend<Member>({ name: 'jwt', transport: new BearerTransport(), strategy })];
    const database = await drivers[0]?.createDatabase();
    const options = database?.dataSourceOptions() ?? expect.fail('there is no driver');
    const former = await SignInApp.start(options, { backends });
    await former.add('ada');
    const signedIn = await former.signIn('ada');
    expect(await former.me(signedIn)).to.equal(200);
    await former.close();
    const app = await SignInApp.start(options, { backends, secret: 'another secret, which has more than 32 bytes' });
    expect(await app.me(signedIn)).to.equal(401);
    await app.close();
    await database?.drop();
  });
});
