import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { Get, HttpError, JsonController, Param } from 'routing-controllers';
import { Service } from 'typedi';
import { QueryFailedError } from 'typeorm';
import { UsersError } from '../../src/index.js';
import { drivers, forEachDriver } from '../support/databases.js';
import { UsersApp } from '../support/users-app.js';

/** An error of the app's own, in the library's shape, that speaks as a driver does. */
class PoolClosedError extends UsersError {
  readonly status = 409;
  readonly code = 'POOL_CLOSED';
  constructor() {
    super('Pool is closed.');
  }
}

class UpstreamError extends Error {
  override readonly name = 'AxiosError';
  readonly code = 'ECONNREFUSED';
}

const ofApp: Readonly<Record<string, () => unknown>> = {
  'an HttpError': () => new HttpError(409, 'Pool is closed.'),
  'a UsersError': () => new PoolClosedError(),
  "a sentence that holds a driver's": () => new Error('The pool is closed today.'),
  'an upstream': () => new UpstreamError('connect ECONNREFUSED 192.0.2.7:8080'),
  'a missing file': () => Object.assign(new Error("ENOENT: no such file, open 'x'"), { code: 'ENOENT', syscall: 'open' }),
};

const ofDatabase: Readonly<Record<string, () => unknown>> = {
  'a socket in the file system that is gone': () => once(connect('/no/such/socket'), 'connect').catch((error: unknown) => error),
  'a network that is gone': () => bare('ENETUNREACH'),
  'too many connections of one user': () => bare('ER_TOO_MANY_USER_CONNECTIONS'),
  'a used-up share of a user': () => failed('ER_USER_LIMIT_REACHED'),
  'a PostgreSQL that became a replica': () => failed('25006'),
  'a MySQL that became a replica': () => failed('ER_OPTION_PREVENTS_STATEMENT'),
  'a query without an answer': () => new QueryFailedError('SELECT 1', [], new Error('Query read timeout')),
};

function bare(code: string): Error {
  return Object.assign(new Error(code), { code });
}

function failed(code: string): Error {
  return new QueryFailedError('UPDATE', [], bare(code));
}

@Service()
@JsonController('/fails')
class FailingController {
  @Get('/:how')
  async fail(@Param('how') how: string): Promise<void> {
    throw await (ofApp[how] ?? ofDatabase[how])?.();
  }
}

describe('a failure that reaches the error handler', () => {
  const [sqlite] = drivers.filter(({ name }) => name === 'better-sqlite3');
  if (sqlite === undefined) return;
  let app: UsersApp;

  before(async () => {
    app = await UsersApp.start(sqlite, { controllers: [FailingController] });
  });
  after(() => app.close());

  const statusOf = async (how: string) => (await app.http.get(`/fails/${encodeURIComponent(how)}`)).status;

  for (const how of Object.keys(ofDatabase)) {
    it(`is 503 where the database tells of ${how}`, async () => {
      expect(await statusOf(how)).to.equal(503);
    });
  }

  for (const how of Object.keys(ofApp)) {
    it(`stays the app's where it is ${how}`, async () => {
      expect(await statusOf(how)).to.equal(how.startsWith('an HttpError') || how.startsWith('a UsersError') ? 409 : 500);
    });
  }
});

describe('a DataSource that was closed', () => {
  forEachDriver((driver) => {
    it('lets nobody in: 503 until it is open again', async () => {
      const app = await UsersApp.start(driver);
      const token = await app.tokenOf(await app.add('ada'));
      await app.dataSource.destroy();
      for (const path of ['/users/me', '/users/me/sessions']) expect((await app.http.get(path, { token })).status).to.equal(503);
      expect((await app.login('ada')).status).to.equal(503);
      await app.dataSource.setOptions({ synchronize: false }).initialize();
      expect((await app.http.get('/users/me', { token })).status).to.equal(200);
      await app.close();
    });
  });
});
