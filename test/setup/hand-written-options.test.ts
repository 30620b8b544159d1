import { expect } from 'chai';
import type { Express, NextFunction, Request, Response } from 'express';
import {
  type ExpressErrorMiddlewareInterface,
  getMetadataArgsStorage,
  JsonController,
  Middleware,
  type RoutingControllersOptions,
  useExpressServer,
} from 'routing-controllers';
import { Container, Service } from 'typedi';
import type { DataSource } from 'typeorm';
import { setupUsers, type Users, UsersController, UsersError } from '../../src/index.js';
import { forEachExpress, type Served, serve } from '../http/express-apps.js';
import { ada, ask, signIn } from './client.js';
import { classesComeFrom, openDatabase, options, User } from './set-up.js';

/** So that middlewares which other tests declare do not run here: without a list all do. */
class Nothing {}

@Service()
@JsonController('/members')
class MembersController extends UsersController<User> {}

describe('options that an app writes by hand', () => {
  classesComeFrom(Container);

  forEachExpress((express) => {
    let dataSource: DataSource;
    let users: Users<User>;
    let served: Served;
    let declared: number;

    async function start(own: RoutingControllersOptions, app: Express = express()): Promise<void> {
      const { authorizationChecker, currentUserChecker } = users;
      const controllers = [UsersController, MembersController];
      // Else Express writes every error that comes to its end on the console.
      app.set('env', 'test');
      useExpressServer(app, { controllers, middlewares: [Nothing], authorizationChecker, currentUserChecker, ...own });
      served = await serve(app);
    }

    beforeEach(async () => {
      declared = getMetadataArgsStorage().middlewares.length;
      dataSource = await openDatabase();
      users = setupUsers(options(dataSource, { routes: { verify: false } }));
    });
    afterEach(async () => {
      await served.close();
      await users.close();
      await dataSource.destroy();
      getMetadataArgsStorage().middlewares.splice(declared);
      Container.reset();
    });

    it("serve with routing-controllers' error handler, which takes status and fields from the errors", async () => {
      await start({});
      const anonymous = await ask(served.url, 'GET /users/me');
      expect([anonymous.status, anonymous.body.code]).to.deep.equal([401, 'UNAUTHORIZED']);
      expect(anonymous.headers.get('www-authenticate')).to.equal('Bearer');
      const token = await signIn(served.url);
      expect((await ask(served.url, 'GET /users/me', { token })).body.email).to.equal(ada.email);
      for (const [route, asked, status, code] of [
        ['GET /users/', { token }, 403, 'FORBIDDEN'],
        ['POST /users/register', { body: ada }, 400, 'REGISTER_USER_ALREADY_EXISTS'],
        ['POST /users/register', { body: { email: 1, password: 'hush-hush' } }, 422, 'VALIDATION_ERROR'],
        ['POST /users/register', { body: '{"password":"hush-hush"' }, 400, 'MALFORMED_BODY'],
        ['POST /users/register', { body: 'hush-hush', type: 'text/plain' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
        ['POST /users/verify', { body: {} }, 404, 'NOT_FOUND'],
      ] as const) {
        const answer = await ask(served.url, route, asked);
        expect([answer.status, answer.body.code], route).to.deep.equal([status, code]);
        expect(answer.body).to.include.keys('type', 'title', 'status', 'detail');
        expect(answer.text).not.to.contain('hush-hush').and.not.to.contain('stack');
      }
    });

    it("serve with an error middleware of the app's", async () => {
      @Service()
      @Middleware({ type: 'after' })
      class Errors implements ExpressErrorMiddlewareInterface {
        error(error: unknown, _request: Request, response: Response, next: NextFunction): void {
          if (!(error instanceof UsersError)) next(error);
          else response.status(error.status).set(error.headers).type('application/problem+json').json(error);
        }
      }
      await start({ middlewares: [Errors], defaultErrorHandler: false });
      const token = await signIn(served.url);
      expect((await ask(served.url, 'GET /users/me', { token })).status).to.equal(200);
      const answer = await ask(served.url, 'GET /users/me', { token: 'bad' });
      expect(answer.status).to.equal(401);
      expect(answer.headers.get('content-type')).to.contain('application/problem+json');
      expect(answer.headers.get('www-authenticate')).to.contain('invalid_token');
    });

    it('guard a class that extends a controller, by the checker that they read', async () => {
      await start({});
      for (const route of [
        'GET /members/me',
        'PATCH /members/me',
        'GET /members/',
        'DELETE /members/1',
        'POST /members/logout',
      ]) {
        const answer = await ask(served.url, route);
        expect([answer.status, answer.body.code], route).to.deep.equal([401, 'UNAUTHORIZED']);
      }
      const token = await signIn(served.url, '/members');
      expect((await ask(served.url, 'GET /members/me', { token })).body.email).to.equal(ada.email);
    });

    it('open nothing where they forget the checkers', async () => {
      await start({ authorizationChecker: () => true, currentUserChecker: () => undefined });
      for (const route of [
        'GET /users/me',
        'PATCH /users/me',
        'GET /users/',
        'POST /users/',
        'GET /users/1',
        'DELETE /users/1',
      ]) {
        expect([401, 500], route).to.include((await ask(served.url, route)).status);
      }
    });
  });
});
