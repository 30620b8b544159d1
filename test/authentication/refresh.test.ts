import { expect } from 'chai';
import { databaseBackends } from '../support/backends.js';
import { forEachDriver, type TestDatabase } from '../support/databases.js';
import type { Answer } from '../support/http-client.js';
import { Member } from '../support/member.entity.js';
import { SignInApp } from '../support/sign-in-app.js';
import { carried, emailOf, type SignedIn, signedInBy } from '../support/sign-in-client.js';

async function refuses(app: SignInApp, refreshToken: unknown): Promise<void> {
  const { status, code, headers } = await app.refresh(refreshToken);
  expect([status, code, headers['www-authenticate']]).to.deep.equal([401, 'REFRESH_BAD_TOKEN', 'Bearer error="invalid_token"']);
}

async function sessions(app: SignInApp, signedIn: SignedIn): Promise<{ id: string }[]> {
  const { body }: Answer = await app.http.get('/users/me/sessions', carried(signedIn));
  return body.items as { id: string }[];
}

function flipped(text: string, index: number): string {
  return text.slice(0, index) + (text[index] === 'A' ? 'B' : 'A') + text.slice(index + 1);
}

/** The same bytes by another last letter, of which a lenient decoder drops four bits. */
function respelled(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return text.slice(0, -1) + alphabet[alphabet.indexOf(text.at(-1) ?? '') + 1];
}

async function member(app: SignInApp, name: string) {
  const found = await app.users.manager.findByEmail(emailOf(name));
  if (found === null) throw new Error(`there is no ${name}`);
  return found;
}

const ENDS: readonly [string, (app: SignInApp, name: string, signedIn: SignedIn) => Promise<unknown>][] = [
  ['a logout', (app, _name, signedIn) => app.http.post('/users/logout', undefined, carried(signedIn))],
  ['a logout everywhere', async (app, name) => app.users.manager.endSessions(await member(app, name))],
  ['a set password', async (app, name) => app.users.manager.setPassword(await member(app, name), 'another long password')],
  ['a deactivation', async (app, name) => app.users.manager.update(await member(app, name), { isActive: false })],
  ['a deletion', async (app, name) => app.users.manager.delete(await member(app, name))],
];

describe('POST /users/refresh', () => {
  forEachDriver((driver) => {
    let database: TestDatabase;
    let app: SignInApp;
    let count = 0;
    let name: string;

    before(async () => {
      database = await driver.createDatabase();
      app = await SignInApp.start(database.dataSourceOptions(), { backends: databaseBackends() });
    });

    beforeEach(async () => {
      count += 1;
      name = `ada-${count}`;
      await app.add(name);
      app.reports.events.length = 0;
      app.reports.reuses.length = 0;
    });

    after(async () => {
      await app.close();
      await database.drop();
    });

    for (const backend of ['jwt', 'opaque']) {
      describe(`of the backend ${backend}`, () => {
        it('answers as the login does, with another pair of tokens', async () => {
          const first = await app.login(name, backend);
          app.clock.advance({ seconds: 1 });
          const second = await app.refresh(first.body.refresh_token);
          expect(second.status).to.equal(200);
          expect(second.body).to.have.all.keys(Object.keys(first.body));
          expect(second.body.access_token).to.not.equal(first.body.access_token);
          expect(second.body.refresh_token).to.not.equal(first.body.refresh_token);
          expect(await app.me(signedInBy(second))).to.equal(200);
        });

        it('goes on with the same session', async () => {
          const { refreshToken, ...first } = await app.signIn(name, backend);
          const before = await sessions(app, first);
          const second = signedInBy(await app.refresh(refreshToken));
          expect((await sessions(app, second)).map(({ id }) => id)).to.deep.equal(before.map(({ id }) => id));
        });

        it('moves the idle end, and never the absolute one', async () => {
          let { refreshToken } = await app.signIn(name, backend);
          for (let day = 0; day < 28; day += 7) {
            app.clock.advance({ days: 7 });
            const answer = await app.refresh(refreshToken);
            expect(answer.status, `day ${day + 7}`).to.equal(200);
            refreshToken = signedInBy(answer).refreshToken;
          }
          app.clock.advance({ days: 3 });
          await refuses(app, refreshToken);
        });

        it('refuses a session that was not used for 14 days', async () => {
          const { refreshToken } = await app.signIn(name, backend);
          app.clock.advance({ days: 14, seconds: 1 });
          await refuses(app, refreshToken);
        });

        it('gives the same successor to one who asks again within the grace', async () => {
          const { refreshToken } = await app.signIn(name, backend);
          const [first, second] = [await app.refresh(refreshToken), await app.refresh(refreshToken)];
          app.clock.advance({ seconds: 10 });
          const third = await app.refresh(refreshToken);
          expect([second, third].map(({ body }) => body.refresh_token)).to.deep.equal(
            new Array(2).fill(first.body.refresh_token),
          );
          expect(await app.me(signedInBy(third))).to.equal(200);
          expect(app.reports.reuses).to.deep.equal([]);
        });

        it('gives the same successor to ten who ask at once', async () => {
          const { refreshToken } = await app.signIn(name, backend);
          const answers = await Promise.all(Array.from({ length: 10 }, () => app.refresh(refreshToken)));
          expect(answers.map(({ status }) => status)).to.deep.equal(new Array(10).fill(200));
          expect(new Set(answers.map(({ body }) => body.refresh_token))).to.have.length(1);
          for (const answer of answers) expect(await app.me(signedInBy(answer))).to.equal(200);
        });

        it('ends the family when a token comes back after the grace, and tells of it once', async () => {
          const { refreshToken } = await app.signIn(name, backend);
          const successor = signedInBy(await app.refresh(refreshToken));
          app.clock.advance({ seconds: 10.5 });
          const answers = await Promise.all(Array.from({ length: 5 }, () => app.refresh(refreshToken)));
          expect(answers.map(({ code }) => code)).to.deep.equal(new Array(5).fill('REFRESH_BAD_TOKEN'));
          expect(await app.me(successor)).to.equal(401);
          await refuses(app, successor.refreshToken);
          await refuses(app, refreshToken);
          expect(app.reports.reuses).to.deep.equal([emailOf(name)]);
          const told = app.reports.events.filter(({ kind }) => kind === 'refresh-reused');
          expect(told).to.have.length(1);
          expect(told[0]).to.deep.include({ details: { backend }, ip: '127.0.0.1' });
        });

        it('ends the family when a token comes back whose successor was used, also within the grace', async () => {
          const { refreshToken } = await app.signIn(name, backend);
          const second = signedInBy(await app.refresh(refreshToken));
          const third = signedInBy(await app.refresh(second.refreshToken));
          await refuses(app, refreshToken);
          expect(await app.me(third)).to.equal(401);
          await refuses(app, third.refreshToken);
          expect(app.reports.reuses).to.have.length(1);
        });

        it('leaves the other sessions of that person alone', async () => {
          const other = await app.signIn(name, backend);
          const { refreshToken } = await app.signIn(name, backend);
          await app.refresh(refreshToken);
          app.clock.advance({ seconds: 11 });
          await refuses(app, refreshToken);
          expect(await app.me(other)).to.equal(200);
          expect((await app.refresh(other.refreshToken)).status).to.equal(200);
        });

        for (const [deed, act] of ENDS) {
          it(`refuses after ${deed}`, async () => {
            const signedIn = await app.signIn(name, backend);
            await act(app, name, signedIn);
            await refuses(app, signedIn.refreshToken);
            expect(app.reports.reuses).to.deep.equal([]);
          });
        }

        it('goes on after the session has changed its own password', async () => {
          const signedIn = await app.signIn(name, backend);
          const body = { password: 'another long password', currentPassword: 'a long enough password' };
          expect((await app.http.patch('/users/me', body, carried(signedIn))).status).to.equal(200);
          expect((await app.refresh(signedIn.refreshToken)).status).to.equal(200);
        });
      });
    }

    it('refuses whatever is no refresh token with one answer', async () => {
      const { token = '', refreshToken = '' } = await app.signIn(name, 'opaque');
      const jwt = (await app.signIn(name, 'jwt')).token;
      const wrong = [
        '',
        'x',
        ' ',
        '1',
        token,
        jwt,
        `${refreshToken} `,
        refreshToken.toUpperCase(),
        refreshToken.slice(0, -1),
        `${refreshToken}A`,
        flipped(refreshToken, 10),
        flipped(refreshToken, 40),
        flipped(refreshToken, refreshToken.length - 1),
        respelled(refreshToken),
        `rcu_st_${refreshToken.slice('rcu_rt_'.length)}`,
        'rcu_rt_',
        `rcu_rt_${'A'.repeat(86)}`,
        'x'.repeat(5000),
      ];
      for (const text of wrong) await refuses(app, text);
      expect((await app.refresh(refreshToken)).status).to.equal(200);
    });

    it('answers 422 to what is no text', async () => {
      for (const value of [undefined, null, 0, 1, true, {}, [], ['a'], { $ne: '' }]) {
        const answer = await app.refresh(value);
        expect([answer.status, answer.code]).to.deep.equal([422, 'VALIDATION_ERROR']);
      }
    });

    it('takes the token from the body alone', async () => {
      const { refreshToken = '' } = await app.signIn(name, 'jwt');
      const sent = { token: refreshToken, cookie: `refresh_token=${refreshToken}` };
      expect((await app.http.post(`/users/refresh?refresh_token=${refreshToken}`, {}, sent)).status).to.equal(422);
    });

    it('gives tokens that open nothing else', async () => {
      const { refreshToken = '' } = await app.signIn(name, 'jwt');
      expect(await app.me({ token: refreshToken })).to.equal(401);
      expect(await app.me({ cookie: `__Host-session=${refreshToken}` })).to.equal(401);
      expect((await app.http.post('/users/verify', { token: refreshToken })).code).to.equal('VERIFY_USER_BAD_TOKEN');
      const reset = { token: refreshToken, password: 'another long password' };
      expect((await app.http.post('/users/reset-password', reset)).code).to.equal('RESET_PASSWORD_BAD_TOKEN');
    });

    it('refuses who is no longer active, whatever made him so', async () => {
      const signedIn = await app.signIn(name, 'jwt');
      await app.dataSource.getRepository(Member).update({ email: emailOf(name) }, { isActive: false });
      await refuses(app, signedIn.refreshToken);
      expect(await app.me(signedIn)).to.equal(401);
    });

    it('refuses the tokens of mails', async () => {
      await app.users.manager.forgotPassword(emailOf(name));
      await refuses(app, await app.outbox.token(emailOf(name), 'reset-password'));
    });

    it('leaves a session as fresh as it was', async () => {
      const { refreshToken } = await app.signIn(name, 'jwt');
      app.clock.advance({ minutes: 6 });
      const stale = signedInBy(await app.refresh(refreshToken));
      expect((await app.http.post('/things/fresh', {}, carried(stale))).code).to.equal('REAUTHENTICATION_REQUIRED');
    });
  });
});
