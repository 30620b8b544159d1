import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import type { Request } from 'express';
import { Service } from 'typedi';
import { ForbiddenError, OnAfterLogin, OnAfterRegister, VerifyLegacyPassword } from '../../src/index.js';
import { Outbox } from '../../src/testing/index.js';
import { drivers } from '../support/databases.js';
import { RecordedHooks } from '../support/recorded-hooks.js';
import type { User } from '../support/user.entity.js';
import { emailOf, PASSWORD, UsersApp } from '../support/users-app.js';

abstract class Base {
  readonly welcomed: string[] = [];

  @OnAfterRegister()
  welcome(user: User) {
    this.welcomed.push(user.email);
  }
}

@Service()
class Heir extends Base {}

/** Declares a hook of its base anew, and for one thing more, and has another of its own. */
@Service()
class OtherHeir extends Base {
  @OnAfterRegister()
  @OnAfterLogin()
  override welcome(user: User) {
    super.welcome(user);
  }

  @OnAfterRegister()
  greet() {
    this.welcomed.push('greeted');
  }
}

@Service()
class Legacy {
  deed: (user: User) => unknown = () => undefined;

  @VerifyLegacyPassword()
  async verify(password: string, user: User) {
    await this.deed(user);
    return password === 'the old password' || 'no';
  }
}

const [driver] = drivers;

describe('hooks', () => {
  const failures: [string, unknown][] = [];
  let report: () => unknown;
  let app: UsersApp;
  before(async () => {
    if (driver === undefined) return;
    app = await UsersApp.start(driver, {
      hooks: [RecordedHooks, Outbox, Heir, OtherHeir, Legacy],
      onHookError: async (error, hook) => {
        await setTimeout(20);
        failures.push([hook, error]);
        await report();
      },
    });
  });
  after(() => app.close());
  beforeEach(() => {
    app.hooks.clear();
    app.logger.lines.length = 0;
    failures.length = 0;
    report = () => undefined;
  });

  const register = (name: string) => app.http.post('/users/register', { email: emailOf(name), password: PASSWORD });

  it('of a base class count', async () => {
    await register('ada');
    expect(app.container.get(Heir).welcomed).to.deep.equal([emailOf('ada')]);
  });

  it('of a base class count once where a class declares them anew, and come before its own', async () => {
    const { welcomed } = app.container.get(OtherHeir);
    welcomed.length = 0;
    await register('alf');
    expect(welcomed).to.deep.equal([emailOf('alf'), 'greeted']);
    await app.login('alf');
    expect(welcomed).to.deep.equal([emailOf('alf'), 'greeted', emailOf('alf')]);
  });

  it('before the deed refuse it with the status of their error', async () => {
    app.hooks.deeds.set('beforeRegister', () => {
      throw new ForbiddenError();
    });
    expect((await register('ben')).code).to.equal('FORBIDDEN');
    expect(await app.users.manager.findByEmail(emailOf('ben'))).to.equal(null);
  });

  it('before a registration see the address in its one form, so that no spelling of it gets past a rule', async () => {
    await app.http.post('/users/register', { email: ` ${emailOf('Una').toUpperCase()} `, password: PASSWORD });
    expect(app.hooks.last('beforeRegister')[0]).to.include({ email: emailOf('una') });
  });

  it('inside the transaction roll it back', async () => {
    app.hooks.deeds.set('duringRegister', () => {
      throw new Error('no seat is left');
    });
    expect((await register('cyd')).code).to.equal('INTERNAL_ERROR');
    expect(await app.users.manager.findByEmail(emailOf('cyd'))).to.equal(null);
    expect(app.hooks.names()).not.to.include('afterRegister');
    app.hooks.clear();
    expect((await register('cyd')).status).to.equal(201);
  });

  it('inside the transaction write with it', async () => {
    app.hooks.deeds.set('duringRegister', (user: User, manager: { update: (...args: unknown[]) => Promise<unknown> }) =>
      manager.update('User', { id: user.id }, { note: 'written inside' }),
    );
    const { body } = await register('dot');
    expect((await app.row(String(body.id))).note).to.equal('written inside');
  });

  it('after the deed change nothing when they fail: it is logged, and reported', async () => {
    const failure = new Error('the mail server is down');
    app.hooks.deeds.set('afterRegister', () => {
      throw failure;
    });
    expect((await register('eva')).status).to.equal(201);
    expect(failures).to.deep.equal([['afterRegister', failure]]);
    expect(JSON.stringify(app.logger.lines)).to.contain('the mail server is down');
    expect((await app.login('eva')).status).to.equal(200);
  });

  it('after the deed change nothing either when onHookError fails itself, and the others run', async () => {
    report = () => {
      throw new Error('the tracker is down');
    };
    app.hooks.deeds.set('afterRegister', () => {
      throw new Error('the mail server is down');
    });
    expect((await register('eve')).status).to.equal(201);
    expect(app.container.get(Heir).welcomed).to.include(emailOf('eve'));
    expect(JSON.stringify(app.logger.lines))
      .to.contain('the mail server is down')
      .and.contain('onHookError failed itself')
      .and.contain('the tracker is down');
  });

  it('after the answer are waited for by a shutdown', async () => {
    const fay = await app.add('fay');
    let isDone = false;
    app.hooks.deeds.set('afterForgotPassword', async () => {
      await setTimeout(50);
      isDone = true;
    });
    await app.http.post('/users/forgot-password', { email: fay.email });
    await app.users.close();
    expect(isDone).to.equal(true);
  });

  it('after the answer run at once where it is out by then, or nobody waits for it any more', async () => {
    const fred = await app.add('fred');
    for (const state of [{ writableFinished: true }, { destroyed: true }]) {
      const request = {
        res: { ...state, once: () => undefined },
        ip: '192.0.2.1',
        headers: {},
        socket: {},
      } as unknown as Request;
      app.hooks.clear();
      await app.users.manager.forgotPassword(fred, request);
      expect(app.hooks.names()).to.deep.equal(['afterForgotPassword']);
    }
  });

  it('judge a password by a system whose hashes cannot be read, which then becomes one of the own', async () => {
    const old = await app.users.manager.importUser({ email: emailOf('old'), hashedPassword: 'legacy:4711', isVerified: true });
    expect((await app.login('old', 'wrong password')).status).to.equal(400);
    expect((await app.login('old', 'the old password')).status).to.equal(200);
    expect((await app.row(old.id)).hashedPassword).to.match(/^\$rcu-test\$/);
    expect((await app.login('old', 'the old password')).status).to.equal(200);
  });

  it('judge no password by such a system where the hash can be read, or there is none', async () => {
    const old = await app.users.manager.importUser({ email: emailOf('ole'), hashedPassword: 'legacy:4712' });
    await app.users.manager.setPassword(old, PASSWORD);
    await app.add('ina', { password: null });
    for (const name of ['ole', 'ina']) expect((await app.login(name, 'the old password')).status, name).to.equal(400);
  });

  it('renew no password that is changed while such a system judges the former one', async () => {
    await app.users.manager.importUser({ email: emailOf('olga'), hashedPassword: 'legacy:4713' });
    const legacy = app.container.get(Legacy);
    legacy.deed = (user) => app.users.manager.setPassword(user, 'another long password');
    await app.login('olga', 'the old password');
    legacy.deed = () => undefined;
    expect((await app.login('olga', 'the old password')).status).to.equal(400);
    expect((await app.login('olga', 'another long password')).status).to.equal(200);
  });

  it('are told of security without secrets', async () => {
    const gil = await app.add('gil', { isVerified: false });
    const token = await app.tokenOf(gil);
    await app.login('gil', 'wrong password');
    await app.login('gil');
    await app.http.patch('/users/me', { password: 'another long password', currentPassword: PASSWORD }, { token });
    await app.users.manager.update(await app.users.manager.getById(gil.id), { isActive: false });
    await app.users.manager.delete(await app.users.manager.getById(gil.id));
    const kinds = app.hooks.events.map(({ kind }) => kind);
    expect(kinds).to.deep.equal(['login-failed', 'login', 'password-changed', 'deactivated', 'deleted']);
    for (const event of app.hooks.events) {
      expect(event.userId).to.equal(gil.id);
      expect(JSON.stringify(event)).not.to.match(/password"|correct horse|another long|@example/);
    }
    expect(app.hooks.events[0]).to.include({ ip: '127.0.0.1' });
  });
});
