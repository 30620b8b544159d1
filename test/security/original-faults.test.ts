import { expect } from 'chai';
import { DataSource } from 'typeorm';
import { forEachDriver } from '../support/databases.js';
import { meetingOf } from '../support/meeting.js';
import { userEntities } from '../support/user.entity.js';
import { emailOf, NEW_PASSWORD, PASSWORD, tally, twentyAtOnce, UsersApp } from '../support/users-app.js';

/** What was seen on a running fastapi-users 15, each fault by its sentence: none of them is here. */
describe('faults of fastapi-users', () => {
  forEachDriver((driver) => {
    let app: UsersApp;
    before(async () => {
      app = await UsersApp.start(driver);
    });
    after(() => app.close());
    beforeEach(() => {
      app.hooks.clear();
      app.logger.lines.length = 0;
    });

    const register = (email: string, password: unknown = PASSWORD) => app.http.post('/users/register', { email, password });
    const log = () => JSON.stringify(app.logger.lines);

    describe('races and the database', () => {
      it('one address, two accounts, and the address is dead', async () => {
        app.hooks.deeds.set('beforeRegister', meetingOf(20));
        const answers = await twentyAtOnce((index) =>
          register(['ada@example.com', 'ADA@example.com', 'Ada@Example.com'][index % 3] ?? ''),
        );
        expect(tally(answers)[201]).to.equal(1);
        app.hooks.clear();
        for (const answer of [
          await app.login('ada'),
          await register(emailOf('ADA')),
          await app.http.post('/users/forgot-password', { email: emailOf('Ada') }),
        ]) {
          expect(answer.status).to.be.below(500);
        }
      });

      it('look-up before insert: the losers of a race get 500', async () => {
        app.hooks.deeds.set('beforeRegister', meetingOf(20));
        expect(tally(await twentyAtOnce(() => register(emailOf('ben'))))).to.deep.equal({
          201: 1,
          '400 REGISTER_USER_ALREADY_EXISTS': 19,
        });
      });

      it('users patching to one address at once get 500', async () => {
        const tokens = await Promise.all(
          Array.from({ length: 8 }, async (_, index) => app.tokenOf(await app.add(`cyd${index}`))),
        );
        const answers = await Promise.all(
          tokens.map((token) => app.http.patch('/users/me', { email: emailOf('cyd'), currentPassword: PASSWORD }, { token })),
        );
        for (const { status } of answers) expect(status).to.be.oneOf([200, 400]);
      });

      it('a reset token works six times when six requests race', async () => {
        const dot = await app.add('dot');
        await app.http.post('/users/forgot-password', { email: dot.email });
        const token = await app.outbox.token(dot.email);
        app.hooks.deeds.set('validatePassword', meetingOf(6));
        const answers = await Promise.all(
          Array.from({ length: 6 }, (_, index) =>
            app.http.post('/users/reset-password', { token, password: `${NEW_PASSWORD} ${index}` }),
          ),
        );
        expect(tally(answers)).to.deep.equal({ 204: 1, '400 RESET_PASSWORD_BAD_TOKEN': 5 });
      });

      it('the failed insert logs the password hash and the address', async () => {
        await app.add('eva');
        await register(emailOf('eva'));
        expect(log()).not.to.match(/rcu-test|eva@/);
      });

      it('on_after_register throws: 500, and the account exists', async () => {
        app.hooks.deeds.set('afterRegister', () => {
          throw new Error('no mail today');
        });
        expect((await register(emailOf('fay'))).status).to.equal(201);
      });
    });

    describe('a database that fails', () => {
      it('a missing table: 500 in text/plain', async () => {
        const own = await UsersApp.start(driver);
        try {
          const ada = await own.add('ada');
          const token = await own.tokenOf(ada);
          const { tablePath } = own.dataSource.getMetadata(userEntities[1]);
          await own.dataSource.query(`DROP TABLE ${tablePath}`);
          for (const answer of [await own.http.get('/users/me', { token }), await own.login('ada')]) {
            expect([answer.status, answer.code]).to.deep.equal([500, 'INTERNAL_ERROR']);
            expect(answer.headers['content-type']).to.equal('application/problem+json');
            expect(JSON.stringify(answer.body)).not.to.contain(tablePath);
          }
          expect(JSON.stringify(own.logger.lines), 'what is missing is told').to.contain(tablePath);
          expect(JSON.stringify(own.logger.lines)).not.to.match(/rcu-test|eyJ|ada@/);
        } finally {
          await own.close();
        }
      });

      if (driver.name !== 'better-sqlite3') return;
      it('a database that is locked: 500 in text/plain, without Retry-After', async () => {
        const own = await UsersApp.start(driver, { connection: { timeout: 50 } });
        const { database } = own.dataSource.options;
        const other = await new DataSource({ type: 'better-sqlite3', database: String(database) }).initialize();
        try {
          const token = await own.tokenOf(await own.add('ada'));
          await other.query('BEGIN IMMEDIATE');
          for (const answer of [await own.login('ada'), await own.http.patch('/users/me', { firstName: 'Ada' }, { token })]) {
            expect([answer.status, answer.code]).to.deep.equal([503, 'SERVICE_UNAVAILABLE']);
            expect(Number(answer.headers['retry-after'])).to.be.above(0);
          }
          expect((await own.http.get('/users/me', { token })).status, 'who only reads goes on').to.equal(200);
          await other.query('ROLLBACK');
          expect((await own.login('ada')).status).to.equal(200);
        } finally {
          await other.destroy();
          await own.close();
        }
      });
    });

    describe('tokens and sessions', () => {
      it('logout by bearer answers 204 and does nothing', async () => {
        const token = await app.tokenOf(await app.add('gil'));
        expect((await app.http.post('/users/logout', undefined, { token })).status).to.equal(204);
        expect((await app.http.get('/users/me', { token })).status).to.equal(401);
        expect((await app.http.post('/users/logout', undefined, { token })).status).to.equal(401);
      });

      it('a reset, or a changed password, ends nothing', async () => {
        const hal = await app.add('hal');
        for (const change of [
          () => app.users.manager.setPassword(hal, NEW_PASSWORD),
          () => app.users.manager.update(hal, { password: PASSWORD }),
        ]) {
          const token = await app.tokenOf(hal);
          await change();
          expect((await app.http.get('/users/me', { token })).status).to.equal(401);
        }
      });

      it('deactivate and reactivate: the JWT of before works again', async () => {
        const ida = await app.add('ida');
        const token = await app.tokenOf(ida);
        await app.users.manager.update(ida, { isActive: false });
        await app.users.manager.update(ida, { isActive: true });
        expect((await app.http.get('/users/me', { token })).status).to.equal(401);
      });

      it('a reset token outlives a change of the address', async () => {
        const jon = await app.add('jon');
        await app.http.post('/users/forgot-password', { email: jon.email });
        const token = await app.outbox.token(jon.email);
        await app.users.manager.update(jon, { email: emailOf('jon2') });
        expect((await app.http.post('/users/reset-password', { token, password: NEW_PASSWORD })).code).to.equal(
          'RESET_PASSWORD_BAD_TOKEN',
        );
      });

      it('rows of sessions stay after the user is deleted', async () => {
        const kay = await app.add('kay');
        await app.tokenOf(kay);
        await app.users.manager.delete(kay);
        expect(await app.users.manager.listSessions(kay)).to.deep.equal([]);
      });

      it('the bearer of a token sets a new address or password without the current one', async () => {
        const token = await app.tokenOf(await app.add('leo'));
        for (const body of [{ email: emailOf('leo2') }, { password: NEW_PASSWORD }]) {
          expect((await app.http.patch('/users/me', body, { token })).code).to.equal('UPDATE_USER_BAD_CURRENT_PASSWORD');
        }
      });

      it('the last superuser can demote, deactivate and delete himself', async () => {
        const sue = await app.add('sue', { isSuperuser: true });
        const token = await app.tokenOf(sue);
        for (const body of [{ isSuperuser: false }, { isActive: false }]) {
          expect((await app.http.patch(`/users/${sue.id}`, body, { token })).code).to.equal('LAST_SUPERUSER');
        }
        expect((await app.http.delete('/users/me', { token, body: { currentPassword: PASSWORD } })).code).to.equal(
          'LAST_SUPERUSER',
        );
      });
    });

    describe('passwords', () => {
      it('the 422 answer repeats what was sent', async () => {
        const answers = [
          await app.http.post('/users/register', { password: 'in clear' }),
          await app.http.post('/users/register', [{ password: 'in clear' }]),
        ];
        for (const answer of answers) {
          expect(answer.status).to.equal(422);
          expect(JSON.stringify(answer.body)).not.to.contain('in clear');
        }
      });

      it('on_after_update is handed the new password in clear', async () => {
        const mia = await app.add('mia');
        await app.users.manager.update(mia, { password: NEW_PASSWORD, firstName: 'Mia' });
        expect(app.hooks.last('afterUpdate')[1]).to.deep.equal({ firstName: 'Mia' });
      });

      it("a reset token's payload carries a hash of the password's hash", async () => {
        const ned = await app.add('ned');
        await app.http.post('/users/forgot-password', { email: ned.email });
        const [, payload = ''] = (await app.outbox.token(ned.email)).split('.');
        expect(Object.keys(JSON.parse(Buffer.from(payload, 'base64url').toString())).sort()).to.deep.equal([
          'aud',
          'exp',
          'iat',
          'mac',
          'sub',
        ]);
      });

      it('without a rule of the app there is none: "" registers', async () => {
        expect((await register(emailOf('oda'), '')).code).to.equal('REGISTER_INVALID_PASSWORD');
      });
    });

    describe('bodies', () => {
      it('null for the address, a flag or a field that takes none is 500', async () => {
        const pia = await app.add('pia');
        const superuser = await app.tokenOf(await app.add('sam', { isSuperuser: true }));
        const patch = async (body: object) => (await app.http.patch(`/users/${pia.id}`, body, { token: superuser })).status;
        expect(await patch({ email: null })).to.equal(200);
        expect(await patch({ isActive: null })).to.equal(422);
        expect(await patch({ firstName: null })).to.equal(422);
      });

      it('NaN, and a lone surrogate in a password, are 500', async () => {
        const send = async (body: string) =>
          (
            await fetch(`${app.http.url}/users/register`, {
              method: 'POST',
              body,
              headers: { 'content-type': 'application/json' },
            })
          ).status;
        expect(await send('{"email": NaN}')).to.equal(400);
        expect(await send('{"email": "ria@example.com", "password": "\\ud800 long enough"}')).to.equal(422);
      });

      it("a PATCH with one's own address in another case is 400", async () => {
        const token = await app.tokenOf(await app.add('tia'));
        expect((await app.http.patch('/users/me', { email: 'TIA@example.com' }, { token })).status).to.equal(200);
      });
    });
  });
});
