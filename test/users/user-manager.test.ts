import { pbkdf2Sync } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { expect } from 'chai';
import type { Request, Response } from 'express';
import { JsonController, OnUndefined, Post, Req, Res } from 'routing-controllers';
import { Inject, Service } from 'typedi';
import { DjangoHasher, UserManager } from '../../src/index.js';
import { FastHasher } from '../../src/testing/index.js';
import { forEachDriver } from '../support/databases.js';
import { User } from '../support/user.entity.js';
import { emailOf, NEW_PASSWORD, PASSWORD, UsersApp } from '../support/users-app.js';

@Service()
class Greetings {
  readonly greeted: string[] = [];
}

/** The main idiom of fastapi-users: a manager of the app's own. */
class AppUsers extends UserManager<User> {
  @Inject()
  readonly greetings!: Greetings;

  override async create(...args: Parameters<UserManager<User>['create']>): Promise<User> {
    const user = await super.create(...args);
    this.greetings.greeted.push(user.email);
    return user;
  }
}

@Service()
@JsonController('/magic')
class MagicController {
  constructor(private readonly users: UserManager<User>) {}

  @Post('/')
  @OnUndefined(204)
  async signIn(@Req() request: Request, @Res() response: Response) {
    const user = await this.users.findByEmail(String(request.headers['x-who']));
    return user === null ? undefined : this.users.signIn(user, request, response, { amr: ['magic'] });
  }
}

describe('UserManager', () => {
  forEachDriver((driver) => {
    let app: UsersApp;
    before(async () => {
      app = await UsersApp.start(driver, {
        manager: AppUsers,
        controllers: [MagicController],
        hashers: [new FastHasher(), new DjangoHasher()],
      });
    });
    after(() => app.close());
    beforeEach(() => app.hooks.clear());

    it('is one instance under both classes, with the services that @Inject() names', () => {
      expect(app.users.manager).to.be.instanceOf(AppUsers);
      expect(app.container.get(UserManager)).to.equal(app.users.manager);
      expect(app.container.get(AppUsers)).to.equal(app.users.manager);
    });

    it('counts over HTTP with what it overrides', async () => {
      await app.http.post('/users/register', { email: emailOf('ada'), password: PASSWORD });
      expect(app.container.get(Greetings).greeted).to.include(emailOf('ada'));
    });

    describe('withManager', () => {
      it('commits with the app, and runs the after-hooks then', async () => {
        const before = await app.dataSource.transaction(async (manager) => {
          const users = app.users.manager.withManager(manager);
          expect(users).to.be.instanceOf(AppUsers);
          await users.create({ email: emailOf('ben'), password: PASSWORD });
          return app.hooks.names();
        });
        expect(before).to.deep.equal(['beforeRegister', 'duringRegister']);
        await app.users.close();
        expect(app.hooks.names()).to.deep.equal(['beforeRegister', 'duringRegister', 'afterRegister']);
        expect((await app.login('ben')).status).to.equal(200);
      });

      it('rolls back with the app, without an after-hook', async () => {
        const failing = app.dataSource.transaction(async (manager) => {
          await app.users.manager.withManager(manager).create({ email: emailOf('cyd'), password: PASSWORD });
          throw new Error('the order failed');
        });
        expect(await failing.catch((error: Error) => error.message)).to.equal('the order failed');
        await app.users.close();
        expect(app.hooks.names()).not.to.include('afterRegister');
        expect(await app.users.manager.findByEmail(emailOf('cyd'))).to.equal(null);
      });

      it('keeps what the app caught in a savepoint out of the after-hooks, and nothing else', async () => {
        await app.dataSource.transaction(async (manager) => {
          const users = app.users.manager.withManager(manager);
          await users.create({ email: emailOf('before'), password: PASSWORD });
          await manager
            .transaction(async (inner) => {
              await app.users.manager.withManager(inner).create({ email: emailOf('lost'), password: PASSWORD });
              throw new Error('undone');
            })
            .catch(() => undefined);
          await users.create({ email: emailOf('kept'), password: PASSWORD });
        });
        await app.users.close();
        const told = app.hooks.calls.filter(({ name }) => name === 'afterRegister').map(({ args }) => (args[0] as User).email);
        expect(told).to.deep.equal([emailOf('before'), emailOf('kept')]);
      });
    });

    describe('withManager, where the app rolls back', () => {
      /** As Express gives it to who handles it; `answer` is what the client would wait for. */
      const requestOf = () => {
        const res = Object.assign(new EventEmitter(), { writableFinished: false, destroyed: false });
        const request = { res, ip: '192.0.2.1', headers: {}, socket: {} } as unknown as Request;
        return { request, answer: () => res.emit('close') };
      };
      const rolledBack = async (work: (users: AppUsers) => Promise<unknown>) => {
        const failing = app.dataSource.transaction(async (manager) => {
          await work(app.users.manager.withManager(manager) as AppUsers);
          throw new Error('undone');
        });
        expect(await failing.catch((error: Error) => error.message)).to.equal('undone');
      };

      it('keeps sessions, and tells nobody that they ended', async () => {
        const ned = await app.add('ned');
        const token = await app.tokenOf(ned);
        app.hooks.clear();
        await rolledBack(async (users) => expect(await users.endSessions(ned)).to.equal(1));
        expect(app.hooks.events).to.deep.equal([]);
        expect((await app.http.get('/users/me', { token })).status).to.equal(200);
      });

      it('keeps a session that was ended, and one that was made fresh as it was', async () => {
        const rex = await app.add('rex');
        const token = await app.tokenOf(rex);
        const [session] = await app.users.manager.listSessions(rex);
        if (session === undefined) throw new Error('there is no session');
        app.clock.advance({ minutes: 6 });
        await rolledBack(async (users) => {
          await users.reauthenticate(rex, PASSWORD, { session: { ...session } });
          await users.setPassword(rex, NEW_PASSWORD, { exceptSession: session.id });
          expect(await users.endSession(rex, session.id)).to.equal(true);
          expect(await users.listSessions(rex)).to.deep.equal([]);
        });
        const [kept] = await app.users.manager.listSessions(rex);
        expect(kept?.authenticatedAt).to.deep.equal(session.authenticatedAt);
        expect((await app.http.get('/users/me', { token })).status).to.equal(200);
      });

      it('signs nobody in, and lists whom it made only inside', async () => {
        const { request } = requestOf();
        const response = { setHeader: () => undefined } as unknown as Response;
        await rolledBack(async (users) => {
          const user = await users.create({ email: emailOf('sid'), password: PASSWORD });
          await users.signIn(user, request, response);
          expect(await users.listSessions(user)).to.have.length(1);
          expect((await users.list({ search: user.email })).items.map(({ id }) => id)).to.deep.equal([user.id]);
        });
        expect(app.hooks.names()).not.to.include('afterLogin');
        expect(app.hooks.events).to.deep.equal([]);
        expect((await app.users.manager.list({ search: emailOf('sid') })).items).to.deep.equal([]);
      });

      it('mails no token after the answer either', async () => {
        const { request, answer } = requestOf();
        await rolledBack(async (users) => {
          const user = await users.create({ email: emailOf('oda'), password: PASSWORD });
          await users.requestVerify(user, request);
          await users.forgotPassword(user, request);
        });
        answer();
        await app.users.close();
        expect(app.hooks.names()).to.deep.equal(['beforeRegister', 'duringRegister']);
      });

      it('mails after the answer where it commits', async () => {
        const pia = await app.add('pia', { isVerified: false });
        const { request, answer } = requestOf();
        await app.dataSource.transaction((manager) => app.users.manager.withManager(manager).requestVerify(pia, request));
        expect(app.hooks.names()).to.deep.equal([]);
        answer();
        await app.users.close();
        expect(app.hooks.names()).to.deep.equal(['afterRequestVerify']);
      });
    });

    it('finds by id and by any spelling of the address; getById throws a 404', async () => {
      const dot = await app.add('dot');
      expect((await app.users.manager.findById(dot.id))?.email).to.equal(dot.email);
      expect((await app.users.manager.findByEmail(' DOT@example.com'))?.id).to.equal(dot.id);
      expect(await app.users.manager.findByEmail('nobody')).to.equal(null);
      expect(await app.users.manager.findById('nope')).to.equal(null);
      const failure = await app.users.manager.getById('nope').catch((error: { status: number }) => error);
      expect(failure).to.include({ status: 404, code: 'NOT_FOUND' });
    });

    it('never hands out the columns that are never selected', async () => {
      const eva = await app.add('eva');
      const seen = [
        eva,
        await app.users.manager.getById(eva.id),
        await app.users.manager.authenticate({ username: eva.email, password: PASSWORD }),
      ];
      for (const user of seen) {
        expect([user?.hashedPassword, user?.securityStamp, user?.pendingEmailStamp]).to.deep.equal([
          undefined,
          undefined,
          undefined,
        ]);
      }
    });

    it('imports a user with a foreign hash, which is renewed at the first login', async () => {
      const key = pbkdf2Sync(PASSWORD, 'salt', 1000, 32, 'sha256').toString('base64');
      const hashedPassword = `pbkdf2_sha256$1000$salt$${key}`;
      const fay = await app.users.manager.importUser({
        email: emailOf('fay'),
        hashedPassword,
        isVerified: true,
        firstName: 'Fay',
      });
      expect(app.hooks.names()).to.deep.equal(['duringRegister']);
      expect((await app.login('fay', 'wrong password')).status).to.equal(400);
      expect((await app.row(fay.id)).hashedPassword).to.equal(hashedPassword);
      expect((await app.login('fay')).status).to.equal(200);
      expect((await app.row(fay.id)).hashedPassword).to.match(/^\$rcu-test\$/);
      expect((await app.login('fay')).status).to.equal(200);
    });

    it('registers whom a route of the app hands over without a flag that the body may hold', async () => {
      const flags = { isActive: false, isSuperuser: true, isVerified: true };
      const user = await app.users.manager.register({ email: emailOf('mal'), password: PASSWORD, ...flags });
      expect(user).to.include({ isActive: true, isSuperuser: false, isVerified: false });
    });

    it('sets flags and passwords in code, by the same rules', async () => {
      const gil = await app.add('gil');
      const session = await app.tokenOf(gil);
      const refused = await app.users.manager.setPassword(gil, 'short').catch((error: { code: string }) => error.code);
      expect(refused).to.equal('UPDATE_USER_INVALID_PASSWORD');
      await app.users.manager.setPassword(gil, NEW_PASSWORD);
      expect((await app.http.get('/users/me', { token: session })).status).to.equal(401);
      expect((await app.users.manager.update(gil, { isVerified: false, firstName: 'Gil' })).firstName).to.equal('Gil');
    });

    it('signs a person in from a controller of the app, through the gate', async () => {
      const hal = await app.add('hal');
      const enter = () => app.http.ask('POST', '/magic', { headers: { 'x-who': hal.email } });
      const answer = await enter();
      expect((await app.http.get('/users/me', { token: String(answer.body.access_token) })).body.email).to.equal(hal.email);
      await app.users.manager.update(hal, { isActive: false });
      expect((await enter()).code).to.equal('LOGIN_BAD_CREDENTIALS');
    });
  });
});
