import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { expect } from 'chai';
import express from 'express';
import { useContainer, useExpressServer } from 'routing-controllers';
import { Container } from 'typedi';
import { DataSource, Entity } from 'typeorm';
import { AuditController, AuditService, audit, auditEntities } from '../../../src/features/audit/index.js';
import { BaseUser, containerPerApp, setupUsers, type Users, UsersController, usersEntities } from '../../../src/index.js';
import { createUser, FastHasher, signIn, TEST_PASSWORD, TestClock } from '../../../src/testing/index.js';
import { forEachDriver, type TestDatabase } from '../../support/databases.js';
import { HttpClient } from '../../support/http-client.js';

@Entity('audited')
class Audited extends BaseUser {}

const entities = [...usersEntities(Audited), ...auditEntities(Audited)];
const SECRET = 'a secret of the tests, which has more than 32 bytes';

describe('the feature audit', () => {
  forEachDriver((driver) => {
    let database: TestDatabase;
    let dataSource: DataSource;
    let users: Users<Audited>;
    let http: HttpClient;
    let server: Server;
    let superuser: string | undefined;
    const clock = new TestClock();
    const container = Container.of(randomUUID());

    before(async () => {
      database = await driver.createDatabase();
      dataSource = await new DataSource({ ...database.dataSourceOptions(), entities, synchronize: true }).initialize();
      useContainer(containerPerApp);
      users = setupUsers<Audited>({
        dataSource,
        user: Audited,
        secret: SECRET,
        hashers: [new FastHasher()],
        features: [audit({ keepForDays: 30 })],
        rateLimits: false,
        container,
        clock,
        logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
      });
      const app = useExpressServer(express(), users.routing({ controllers: [AuditController, UsersController] }));
      server = app.listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      const address = server.address();
      http = new HttpClient(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
      superuser = await tokenOf(await createUser(users, { isSuperuser: true }));
    });
    after(async () => {
      http.close();
      server.close();
      await users.close();
      await dataSource.destroy();
      await database.drop();
    });

    const tokenOf = async (user: Audited) => (await signIn(users, user)).authorization?.slice('Bearer '.length);
    const events = async (path: string, token: string | undefined) => {
      const { status, body } = await http.get(path, { token });
      return {
        status,
        items: (body.items ?? []) as { kind: string; details: unknown; ip: string | null }[],
        next: body.nextCursor,
      };
    };
    const kinds = async (user: Audited) => (await events(`/users/${user.id}/events`, superuser)).items.map(({ kind }) => kind);

    it('shows a person what happened to his account, newest first, page by page', async () => {
      const ada = await createUser(users);
      await http.post('/users/login', { email: ada.email, password: 'wrong password' });
      const login = await http.post('/users/login', { email: ada.email, password: TEST_PASSWORD });
      const token = String(login.body.access_token);
      const first = await events('/users/me/events?limit=2', token);
      expect(first.items.map(({ kind }) => kind)).to.deep.equal(['login', 'login-failed']);
      expect(first.items[0]).to.include({ ip: '127.0.0.1' });
      const second = await events(`/users/me/events?limit=2&cursor=${String(first.next)}`, token);
      expect(second.items.map(({ kind }) => kind)).to.deep.equal(['registered']);
      expect(second.next).to.equal(null);
    });

    it('answers 401 to nobody, 403 to who is no superuser, 404 to an id of nobody, 422 to a bad page', async () => {
      const token = await tokenOf(await createUser(users));
      const unknown = '/users/00000000-0000-7000-8000-000000000000/events';
      expect((await events('/users/me/events', undefined)).status).to.equal(401);
      expect((await events(unknown, token)).status).to.equal(403);
      expect((await events(unknown, superuser)).status).to.equal(404);
      expect((await events('/users/nope/events', superuser)).status).to.equal(404);
      expect((await events('/users/%00/events', superuser)).status).to.equal(404);
      expect((await events('/users/me/events?limit=0', token)).status).to.equal(422);
      for (const cursor of ['nope', 'WyJ4Il0'])
        expect((await events(`/users/me/events?cursor=${cursor}`, token)).status, cursor).to.equal(422);
    });

    it('is written in the transaction of what it tells of', async () => {
      const ben = await createUser(users);
      const failing = dataSource.transaction(async (manager) => {
        await users.manager.withManager(manager).setPassword(ben, 'another long password');
        throw new Error('undone');
      });
      await failing.catch(() => undefined);
      expect(await kinds(ben)).to.deep.equal(['registered']);
      await users.manager.setPassword(ben, 'another long password');
      await users.manager.update(ben, { isSuperuser: true });
      await users.manager.update(ben, { isSuperuser: false });
      expect(await kinds(ben)).to.deep.equal(['roles-changed', 'roles-changed', 'password-changed', 'registered']);
      const [{ details } = { details: null }] = (await events(`/users/${ben.id}/events`, superuser)).items;
      expect(details).to.deep.equal({ isSuperuser: false });
    });

    it('of ended sessions is undone with them', async () => {
      const bob = await createUser(users);
      await tokenOf(bob);
      const before = await kinds(bob);
      const failing = dataSource.transaction(async (manager) => {
        await users.manager.withManager(manager).endSessions(bob);
        throw new Error('undone');
      });
      await failing.catch(() => undefined);
      expect(await kinds(bob)).to.deep.equal(before);
      await users.manager.endSessions(bob);
      expect(await kinds(bob)).to.deep.equal(['sessions-ended', ...before]);
    });

    it('outlives the account', async () => {
      const cyd = await createUser(users);
      await users.manager.delete(cyd);
      expect(await kinds(cyd)).to.deep.equal(['deleted', 'registered']);
    });

    it('goes after the time that it is kept for, as new ones come', async () => {
      const dot = await createUser(users);
      // Whatever comes to be kept has some of the old removed, beside its request.
      const signInAnew = async () => {
        superuser = await tokenOf(await createUser(users, { isSuperuser: true }));
        await container.get(AuditService).close();
      };
      clock.advance({ days: 29 });
      await signInAnew();
      expect(await kinds(dot)).to.deep.equal(['registered']);
      clock.advance({ days: 2 });
      await signInAnew();
      expect(await kinds(dot)).to.deep.equal([]);
    });

    it('holds no secret and no address of a mailbox', async () => {
      const rows: unknown[] = await dataSource.getRepository(auditEntityOf(dataSource)).find();
      expect(JSON.stringify(rows)).not.to.match(/password\b(?!-)|@example|eyJ/);
    });

    it('is told at start where its table is missing, or its time is none', async () => {
      const bare = await new DataSource({ ...database.dataSourceOptions(), entities: usersEntities(Audited) }).initialize();
      const options = {
        dataSource: bare,
        user: Audited,
        secret: SECRET,
        features: [audit({ keepForDays: 0 })],
        container,
      };
      const message = messageOf(() => setupUsers<Audited>(options));
      expect(message).to.contain('...auditEntities(Audited)').and.contain('`keepForDays`');
      await bare.destroy();
    });
  });
});

function messageOf(work: () => unknown): string {
  try {
    work();
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function auditEntityOf(dataSource: DataSource): Function & { new (): object } {
  const metadata = dataSource.entityMetadatas.find(({ name }) => name === 'AuditEvent');
  if (typeof metadata?.target !== 'function') throw new Error('there is no table of events');
  return metadata.target as Function & { new (): object };
}
