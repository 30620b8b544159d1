import { expect } from 'chai';
import { DefaultNamingStrategy } from 'typeorm';
import { AuditController, audit, auditEntities } from '../../src/features/audit/index.js';
import { forEachDriver } from '../support/databases.js';
import { User, userEntities } from '../support/user.entity.js';
import { emailOf, NEW_PASSWORD, PASSWORD, UsersApp } from '../support/users-app.js';

/** An app that names its columns in a way that has to be quoted everywhere. */
class OwnNames extends DefaultNamingStrategy {
  override columnName(propertyName: string): string {
    return `the ${propertyName}`;
  }

  override joinColumnName(relationName: string, referencedColumnName: string): string {
    return `the ${relationName} ${referencedColumnName}`;
  }
}

const connection = { entities: [...userEntities, ...auditEntities(User)], entityPrefix: 'app_', namingStrategy: new OwnNames() };

describe("tables and columns with names of the app's own", () => {
  forEachDriver((driver) => {
    it('serve every flow', async () => {
      const app = await UsersApp.start(driver, {
        connection,
        features: [audit()],
        controllers: [AuditController],
        sessions: { maxSessions: 3 },
      });
      try {
        await useEverything(app);
        const { tableName, columns } = app.dataSource.getMetadata(User);
        expect(tableName).to.equal('app_people');
        expect(columns.map(({ databaseName }) => databaseName)).to.include('the email');
      } finally {
        await app.close();
      }
    });
  });
});

async function useEverything({ http, users, outbox, clock }: UsersApp): Promise<void> {
  const email = emailOf('ada');
  const register = (body: object) => http.post('/users/register', { email, password: PASSWORD, ...body });
  expect((await register({ userName: 'ada' })).status).to.equal(201);
  expect((await register({})).code).to.equal('REGISTER_USER_ALREADY_EXISTS');
  expect((await register({ email: emailOf('ben'), userName: 'ada' })).code).to.equal('VALIDATION_ERROR');

  const login = await http.post('/users/login', { email, password: PASSWORD });
  const refreshed = await http.post('/users/refresh', { refresh_token: login.body.refresh_token });
  const token = String(refreshed.body.access_token);
  clock.advance({ minutes: 2 });
  expect((await http.get('/users/me', { token })).body).to.include({ email, userName: 'ada' });
  expect((await http.get('/users/me/sessions', { token })).body.items).to.have.length(1);
  expect((await http.patch('/users/me', { firstName: 'Ada' }, { token })).body.firstName).to.equal('Ada');

  const moved = emailOf('countess');
  await http.patch('/users/me', { email: moved, currentPassword: PASSWORD }, { token });
  expect((await http.post('/users/verify', { token: await outbox.token(moved) })).body.email).to.equal(moved);
  await http.post('/users/forgot-password', { email: moved });
  const body = { token: await outbox.token(moved, 'reset-password'), password: NEW_PASSWORD };
  expect((await http.post('/users/reset-password', body)).status).to.equal(204);
  expect((await http.get('/users/me', { token })).status).to.equal(401);

  const sue = await users.manager.create({ email: emailOf('sue'), password: PASSWORD, isSuperuser: true });
  const signIn = async () =>
    String((await http.post('/users/login', { email: sue.email, password: PASSWORD })).body.access_token);
  const tokens = [await signIn(), await signIn(), await signIn(), await signIn()];
  const [first, , , last] = tokens;
  expect((await http.get('/users/me', { token: first })).status).to.equal(401);
  const page = await http.get('/users?limit=1&search=c&isActive=true', { token: last });
  expect(page.body.items).to.have.length(1);
  const next = await http.get('/users?limit=1', { token: last });
  expect((await http.get(`/users?limit=1&cursor=${next.body.nextCursor}`, { token: last })).body.items).to.have.length(1);
  const id = (await users.manager.findByEmail(moved))?.id;
  expect((await http.get(`/users/${id}/events?limit=100`, { token: last })).body.items).to.have.length.above(5);
  expect((await http.patch(`/users/${sue.id}`, { isSuperuser: false }, { token: last })).code).to.equal('LAST_SUPERUSER');
  expect((await http.delete(`/users/${id}`, { token: last })).status).to.equal(204);

  clock.advance({ days: 40 });
  expect(await users.manager.pruneSessions()).to.be.above(0);
}
