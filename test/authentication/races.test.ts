import { expect } from 'chai';
import { Service } from 'typedi';
import { OnBeforeLogin, UserManager } from '../../src/index.js';
import { forEachDriver } from '../support/databases.js';
import type { Member } from '../support/member.entity.js';
import { Reports, SignInApp } from '../support/sign-in-app.js';
import { carried, PASSWORD, signedInBy } from '../support/sign-in-client.js';
import { availableBackends, Stores } from '../support/stores.js';

const BACKENDS = availableBackends('jwt', 'opaque', 'cookie', 'redis');

/** Lets something happen between the check of a password and the session that a sign-in makes. */
@Service()
class Interruption {
  deed: ((users: UserManager<Member>, user: Member) => Promise<unknown>) | null = null;

  constructor(private readonly users: UserManager<Member>) {}

  @OnBeforeLogin()
  async interrupt(user: Member): Promise<void> {
    await this.deed?.(this.users, user);
  }
}

describe('sessions that race', () => {
  forEachDriver((driver) => {
    let stores: Stores;
    let app: SignInApp;
    let interruption: Interruption;
    let count = 0;
    let name: string;
    let ada: Member;

    before(async () => {
      stores = await Stores.open(driver);
      const { backends, database } = stores;
      app = await SignInApp.start(database.dataSourceOptions(), { backends, hooks: [Reports, Interruption] });
      interruption = app.container.get(Interruption);
    });

    beforeEach(async () => {
      interruption.deed = null;
      count += 1;
      name = `ada-${count}`;
      ada = await app.add(name);
    });

    after(async () => {
      await app.close();
      await stores.close();
    });

    for (const backend of BACKENDS) {
      describe(`by ${backend}`, () => {
        it('are none when the password was changed while they were made', async () => {
          interruption.deed = (users, user) => users.setPassword(user, 'another long password');
          const answer = await app.login(name, backend);
          expect(await app.me(signedInBy(answer))).to.equal(401);
          expect(await app.users.manager.listSessions(ada)).to.deep.equal([]);
        });

        it('are none when their user was deactivated while they were made, also once he is active again', async () => {
          interruption.deed = async (users, user) => {
            await users.update(await users.update(user, { isActive: false }), { isActive: true });
          };
          const answer = await app.login(name, backend);
          expect(await app.me(signedInBy(answer))).to.equal(401);
        });

        it('stay ended by a logout beside a request that moves their end', async () => {
          const signedIn = await app.signIn(name, backend);
          app.clock.advance({ minutes: 2 });
          await Promise.all([
            app.me(signedIn),
            app.me(signedIn),
            app.http.post('/users/logout', undefined, carried(signedIn)),
            app.me(signedIn),
          ]);
          await app.users.close();
          expect(await app.me(signedIn)).to.equal(401);
          expect(await app.users.manager.listSessions(ada)).to.deep.equal([]);
        });

        it('go on through a change of password that is rolled back', async () => {
          const kept = await app.signIn(name, backend);
          const [session] = await app.users.manager.listSessions(ada);
          const options = session === undefined ? {} : { exceptSession: session.id };
          const failure = new Error('the app changed its mind');
          const outcome = app.dataSource.transaction(async (manager) => {
            await app.users.manager.withManager(manager).setPassword(ada, 'another long password', options);
            throw failure;
          });
          expect(await outcome.catch((error: unknown) => error)).to.equal(failure);
          expect(await app.me(kept)).to.equal(200);
          expect((await app.login(name, backend)).status).to.be.below(300);
        });

        it('keep the one that stays, also while the change of password is not yet committed', async () => {
          const kept = await app.signIn(name, backend);
          const body = { password: 'another long password', currentPassword: PASSWORD };
          const statuses = await Promise.all([
            app.http.patch('/users/me', body, carried(kept)).then(({ status }) => status),
            ...Array.from({ length: 20 }, () => app.me(kept)),
          ]);
          expect(statuses).to.deep.equal(new Array(21).fill(200));
          expect(await app.me(kept)).to.equal(200);
        });
      });
    }
  });
});
