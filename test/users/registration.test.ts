import { expect } from 'chai';
import type { EntityManager } from 'typeorm';
import { forEachDriver } from '../support/databases.js';
import { meetingOf } from '../support/meeting.js';
import { User } from '../support/user.entity.js';
import { emailOf, PASSWORD, tally, twentyAtOnce, UsersApp } from '../support/users-app.js';

describe('POST /users/register', () => {
  forEachDriver((driver) => {
    let app: UsersApp;
    before(async () => {
      app = await UsersApp.start(driver);
    });
    after(() => app.close());
    beforeEach(() => app.hooks.clear());

    const register = (body: object) => app.http.post('/users/register', body);
    const count = (email: string) => app.dataSource.getRepository(User).countBy({ email });

    it('answers 201 and the user, without a trace of the password', async () => {
      const answer = await register({ email: emailOf('ada'), password: PASSWORD, firstName: 'Ada' });
      expect(answer.status).to.equal(201);
      expect(answer.headers['cache-control']).to.equal('no-store');
      expect(answer.headers).not.to.have.property('etag');
      const { id, createdAt, ...rest } = answer.body;
      expect(rest).to.deep.equal({
        email: emailOf('ada'),
        pendingEmail: null,
        isActive: true,
        isSuperuser: false,
        isVerified: false,
        hasPassword: true,
        firstName: 'Ada',
        userName: null,
      });
      expect(new Date(String(createdAt)).getTime()).to.equal(app.clock.now().getTime());
      const row = await app.row(String(id));
      expect(row.hashedPassword).to.be.a('string').that.does.not.contain(PASSWORD);
    });

    it('leaves unread what the caller may not set, whatever its type', async () => {
      const answer = await register({
        email: emailOf('ben'),
        password: PASSWORD,
        id: { $ne: 1 },
        isSuperuser: {},
        isActive: 'no',
        isVerified: [],
        hashedPassword: 'x',
        note: 'stolen',
        unknown: { deep: true },
        constructor: 1,
        ['__proto__']: { isSuperuser: true },
      });
      expect(answer.status).to.equal(201);
      expect(answer.body).to.include({ isSuperuser: false, isActive: true, isVerified: false });
      expect((await app.row(String(answer.body.id))).note).to.equal('internal');
    });

    it('normalizes the address: one mailbox is one account in every spelling', async () => {
      expect((await register({ email: '  Cyd@Example.COM ', password: PASSWORD })).body.email).to.equal('cyd@example.com');
      expect((await register({ email: 'CYD@example.com', password: PASSWORD })).code).to.equal('REGISTER_USER_ALREADY_EXISTS');
      expect(await count('cyd@example.com')).to.equal(1);
    });

    it('tells é from e', async () => {
      expect((await register({ email: 'josé@example.com', password: PASSWORD })).status).to.equal(201);
      expect((await register({ email: 'jose@example.com', password: PASSWORD })).status).to.equal(201);
      expect((await register({ email: 'jose\u0301@example.com', password: PASSWORD })).code).to.equal(
        'REGISTER_USER_ALREADY_EXISTS',
      );
    });

    for (const [what, password, reason] of [
      ['of 7 characters', 'abcdefg', 'too short'],
      ['of 257 characters', 'x'.repeat(257), 'too long'],
      ['that is common', 'Password123', 'too common'],
      ['that is the address', 'DAN@example.com', 'your e-mail address'],
      ['that the app refuses', 'a forbidden password', 'forbidden'],
    ] as const) {
      it(`answers REGISTER_INVALID_PASSWORD to a password ${what}`, async () => {
        const answer = await register({ email: 'dan@example.com', password });
        expect(answer.status).to.equal(400);
        expect(answer.code).to.equal('REGISTER_INVALID_PASSWORD');
        expect(answer.body.reason).to.contain(reason);
        expect(await count('dan@example.com')).to.equal(0);
      });
    }

    it('tells of the password before it tells of the address', async () => {
      await app.add('eva');
      expect((await register({ email: emailOf('eva'), password: 'short' })).code).to.equal('REGISTER_INVALID_PASSWORD');
    });

    it('answers 422 with the fields and without their values', async () => {
      const answer = await register({ email: 'a secret that is no address', firstName: 'x'.repeat(51) });
      expect(answer.status).to.equal(422);
      expect(answer.body.errors).to.deep.include({ field: 'email', messages: ['email must be an e-mail address'] });
      expect((answer.body.errors as { field: string }[]).map(({ field }) => field)).to.have.members([
        'email',
        'password',
        'firstName',
      ]);
      expect(JSON.stringify(answer.body)).not.to.contain('secret');
    });

    it('answers 422 to a unique field of the app that is taken', async () => {
      expect((await register({ email: emailOf('fay'), password: PASSWORD, userName: 'fay' })).status).to.equal(201);
      const answer = await register({ email: emailOf('fay2'), password: PASSWORD, userName: 'fay' });
      expect(answer.status).to.equal(422);
      expect(answer.body.errors).to.deep.equal([{ field: 'userName', messages: ['userName is taken'] }]);
    });

    it('tells of the address before it tells of another field that is taken', async () => {
      const body = { email: emailOf('fox'), password: PASSWORD, userName: 'fox' };
      expect((await register(body)).status).to.equal(201);
      expect((await register(body)).code).to.equal('REGISTER_USER_ALREADY_EXISTS');
    });

    it('answers 422 to null for a field that takes none', async () => {
      expect((await register({ email: emailOf('gil'), password: PASSWORD, firstName: null })).status).to.equal(422);
    });

    it('answers twenty at once with one 201 and nineteen 400', async () => {
      const spellings = ['hal@example.com', 'HAL@example.com', ' hal@example.com', 'Hal@Example.com'];
      app.hooks.deeds.set('beforeRegister', meetingOf(20));
      const answers = await twentyAtOnce((index) => register({ email: spellings[index % 4], password: PASSWORD }));
      expect(tally(answers)).to.deep.equal({ 201: 1, '400 REGISTER_USER_ALREADY_EXISTS': 19 });
      expect(await count('hal@example.com')).to.equal(1);
      expect((await app.login('hal')).status).to.equal(200);
    });

    it('leaves to a @DuringRegister hook what the database says of its own statements', async () => {
      const known = await app.add('kit');
      app.hooks.deeds.set('duringRegister', (_user: User, manager: EntityManager) =>
        manager
          .getRepository(User)
          .update({ id: known.id }, { userName: 'kit' })
          .then(() => manager.getRepository(User).update({ email: emailOf('kat') }, { userName: 'kit' })),
      );
      const answer = await register({ email: emailOf('kat'), password: PASSWORD });
      expect([answer.status, answer.code]).to.deep.equal([500, 'INTERNAL_ERROR']);
      expect(await app.users.manager.findByEmail(emailOf('kat'))).to.equal(null);
    });

    it('hands the hooks the body and the user, never the password', async () => {
      await register({ email: emailOf('ida'), password: PASSWORD, captcha: 'solved' });
      expect(app.hooks.names()).to.deep.equal(['beforeRegister', 'duringRegister', 'afterRegister']);
      expect(app.hooks.calls[0]?.args[0]).to.deep.include({ email: emailOf('ida'), captcha: 'solved' });
      const told = app.hooks.calls.map(({ args }) => ({ ...(args[0] as object) }));
      expect(JSON.stringify(told)).not.to.match(/"password"|correct horse|hashed|securityStamp/);
    });
  });
});
