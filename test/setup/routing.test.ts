import { expect } from 'chai';
import type { NextFunction, Request, Response } from 'express';
import {
  type ExpressErrorMiddlewareInterface,
  type ExpressMiddlewareInterface,
  Get,
  getMetadataArgsStorage,
  JsonController,
  Middleware,
} from 'routing-controllers';
import { Service } from 'typedi';
import { containerPerApp, UsersController } from '../../src/index.js';
import { forEachExpress, type Served } from '../http/express-apps.js';
import { ada, ask, mount, problem, problemOf, signIn } from './client.js';
import { classesComeFrom, startUsers } from './set-up.js';

type Started = Awaited<ReturnType<typeof startUsers>>;

@Service()
@JsonController('/letters')
class LettersController {
  @Get('/')
  list(): object {
    return { items: ['a letter'] };
  }
}

describe('users.routing()', () => {
  classesComeFrom(containerPerApp);

  forEachExpress((express) => {
    let started: Started;
    let served: Served;
    const start = async (own: Parameters<typeof startUsers>[0], options: Parameters<typeof mount>[2], app = express()) => {
      started = await startUsers(own);
      served = await mount(app, started.users, options);
    };
    afterEach(async () => {
      await served.close();
      await started.stop();
    });

    it('answers an unknown route under the prefix as a JSON 404', async () => {
      await start({}, { controllers: [UsersController] });
      for (const route of ['GET /users/a/b', 'PUT /users/me', 'POST /users/login/now', 'PATCH /users', 'GET /users/me/x?a=1']) {
        const answer = await ask(served.url, route);
        expect(problemOf(answer), route).to.equal(problem(404, 'NOT_FOUND'));
        expect(answer.headers.get('cache-control')).to.equal('no-store');
      }
    });

    it('answers so in any case of the letters, as Express serves them, and not where the app minds the case', async () => {
      await start({}, { controllers: [UsersController] });
      for (const route of ['GET /USERS/me/nope', 'POST /Users/nope/nope']) {
        expect(problemOf(await ask(served.url, route)), route).to.equal(problem(404, 'NOT_FOUND'));
      }
      await served.close();
      await started.stop();
      const app = express();
      app.set('case sensitive routing', true);
      await start({}, { controllers: [UsersController] }, app);
      expect((await ask(served.url, 'GET /USERS/me')).headers.get('content-type')).to.contain('text/html');
      expect(problemOf(await ask(served.url, 'GET /users/me/nope'))).to.equal(problem(404, 'NOT_FOUND'));
    });

    it('answers a path with a bad percent sign so too', async () => {
      const app = express();
      await start({}, { controllers: [UsersController] }, app);
      for (const route of ['GET /users/%ZZ', 'PATCH /Users/%E0', 'DELETE /users/me/sessions/%']) {
        expect(problemOf(await ask(served.url, route)), route).to.equal(problem(404, 'NOT_FOUND'));
      }
    });

    it('says by OPTIONS what a route takes, and that an unknown one is none', async () => {
      await start({}, { controllers: [UsersController], routePrefix: '/api' });
      for (const [path, methods] of [
        ['/api/users/me', ['DELETE', 'GET', 'HEAD', 'PATCH']],
        ['/api/users', ['GET', 'HEAD', 'POST']],
        ['/api/USERS/login/', ['POST']],
        ['/api/users/1/sessions', ['DELETE']],
      ] as const) {
        const answer = await ask(served.url, `OPTIONS ${path}`);
        expect(answer.status, path).to.equal(200);
        expect(answer.headers.get('allow')?.split(/, ?/), path).to.include.members(methods);
      }
      for (const path of ['/api/users/a/b', '/api/users/me/nope']) {
        expect(problemOf(await ask(served.url, `OPTIONS ${path}`)), path).to.equal(problem(404, 'NOT_FOUND'));
      }
    });

    it('takes controllers from folders too', async () => {
      await start({}, { controllers: [`${import.meta.dirname}/nothing-here/*.js`] });
      expect(problemOf(await ask(served.url, 'GET /users/a/b'))).to.equal(problem(404, 'NOT_FOUND'));
    });

    it("leaves routes elsewhere to the app, those that begin with the prefix's letters too", async () => {
      const app = express();
      await start({}, { controllers: [UsersController] }, app);
      app.get('/users-of-the-month', (_request, response) => void response.json({ items: [] }));
      expect((await ask(served.url, 'GET /users-of-the-month')).body).to.deep.equal({ items: [] });
      expect((await ask(served.url, 'GET /elsewhere')).headers.get('content-type')).to.contain('text/html');
    });

    it("leaves to the app what is under its own controllers, and under one of the library's that it does not list", async () => {
      const app = express();
      await start({}, { controllers: [LettersController] }, app);
      const routes = ['/letters/unread', '/users/of-the-month'];
      app.get(routes, (_request, response) => void response.json({ items: [] }));
      for (const route of routes) expect((await ask(served.url, `GET ${route}`)).body, route).to.deep.equal({ items: [] });
    });

    for (const routePrefix of ['/api', 'api']) {
      it(`serves under the prefix ${routePrefix}`, async () => {
        await start({}, { controllers: [UsersController], routePrefix });
        const token = await signIn(served.url, '/api/users');
        expect((await ask(served.url, 'GET /api/users/me', { token })).body.email).to.equal(ada.email);
        expect(problemOf(await ask(served.url, 'GET /api/users/a/b'))).to.equal(problem(404, 'NOT_FOUND'));
        expect((await ask(served.url, 'GET /users/me')).headers.get('content-type')).to.contain('text/html');
      });
    }

    for (const classTransformer of [true, false]) {
      it(`shows the same user with classTransformer ${classTransformer}`, async () => {
        await start({}, { controllers: [UsersController], classTransformer });
        const token = await signIn(served.url);
        const { status, body } = await ask(served.url, 'GET /users/me', { token });
        expect(status).to.equal(200);
        expect(body).to.have.all.keys(
          ...['id', 'email', 'pendingEmail', 'isActive', 'isSuperuser', 'isVerified', 'hasPassword', 'createdAt'],
        );
      });
    }

    for (const defaultErrorHandler of [true, false]) {
      it(`tells errors by status and fields with defaultErrorHandler ${defaultErrorHandler}`, async () => {
        await start({}, { controllers: [UsersController], defaultErrorHandler });
        const anonymous = await ask(served.url, 'GET /users/me');
        expect([anonymous.status, anonymous.body.code]).to.deep.equal([401, 'UNAUTHORIZED']);
        expect(anonymous.headers.get('www-authenticate')).to.match(/^Bearer/);
        const bad = await ask(served.url, 'POST /users/register', { body: { email: 'nobody', password: 'analytical engine' } });
        expect([bad.status, bad.body.code]).to.deep.equal([422, 'VALIDATION_ERROR']);
        expect(bad.text).not.to.contain('analytical').and.not.to.contain('stack');
        expect((await ask(served.url, 'POST /users/register', { body: ada })).status).to.equal(201);
      });
    }

    it("keeps the app's other options", async () => {
      await start({}, { controllers: [UsersController] });
      const { cors, controllers, validation } = started.users.routing({ cors: true, validation: false, controllers: [] });
      expect({ cors, controllers, validation }).to.deep.equal({ cors: true, controllers: [], validation: false });
      expect(started.users.routing()).to.include.keys('authorizationChecker', 'currentUserChecker', 'middlewares');
    });

    it('answers a route that is turned off as a JSON 404, whatever comes', async () => {
      const routes = { register: false, me: false, deleteById: false, login: true, updateMe: undefined };
      // As JavaScript may have it, of a setting that is not there.
      await start({ routes: routes as object }, { controllers: [UsersController] });
      for (const [route, asked] of [
        ['POST /users/register', { body: ada }],
        ['POST /users/register', { body: '{"email":' }],
        ['POST /users/register', { body: '<email/>', type: 'text/xml' }],
        ['POST /users/register', { body: 'x'.repeat(200_000) }],
        ['GET /users/me', {}],
        ['GET /users/me', { token: 'bad' }],
        ['DELETE /users/1', {}],
      ] as const) {
        expect(problemOf(await ask(served.url, route, asked)), route).to.equal(problem(404, 'NOT_FOUND'));
      }
      expect(problemOf(await ask(served.url, 'PATCH /users/me'))).to.equal(problem(401, 'UNAUTHORIZED'));
      expect((await ask(served.url, 'POST /users/login', { body: {} })).status).to.equal(422);
    });

    describe('with an app-wide parser before it', () => {
      const parsers = {
        'express.json()': () => [express.json()],
        'express.urlencoded()': () => [express.urlencoded({ extended: true })],
        'express.json() and express.urlencoded()': () => [express.json(), express.urlencoded({ extended: false })],
        'express.text() for all': () => [express.text({ type: () => true })],
        'express.raw() for all': () => [express.raw({ type: () => true })],
      };
      for (const [name, make] of Object.entries(parsers)) {
        it(`reads what ${name} has read`, async () => {
          const app = express();
          app.use(...make());
          await start({}, { controllers: [UsersController] }, app);
          expect((await ask(served.url, 'POST /users/register', { body: ada })).status).to.equal(201);
          const form = new URLSearchParams({ username: ada.email, password: ada.password }).toString();
          const login = await ask(served.url, 'POST /users/login', { body: form, type: 'application/x-www-form-urlencoded' });
          expect([login.status, login.body.token_type]).to.deep.equal([200, 'bearer']);
          expect(problemOf(await ask(served.url, 'POST /users/login', { body: '{"username":' }))).to.equal(
            problem(400, 'MALFORMED_BODY'),
          );
          expect(problemOf(await ask(served.url, 'POST /users/register', { body: [] }))).to.equal(
            problem(422, 'VALIDATION_ERROR'),
          );
        });
      }
    });

    describe("with the app's middlewares", () => {
      let seen: string[];
      let declared: number;

      /** What a decorator declares lasts for the process: it is taken back, so that no other test runs it. */
      beforeEach(() => {
        seen = [];
        declared = getMetadataArgsStorage().middlewares.length;
      });
      afterEach(() => {
        getMetadataArgsStorage().middlewares.splice(declared);
      });

      function declareMiddlewares() {
        @Service()
        @Middleware({ type: 'before' })
        class Before implements ExpressMiddlewareInterface {
          use(request: Request, _response: Response, next: NextFunction): void {
            seen.push(`before ${request.path}`);
            next();
          }
        }

        @Service()
        @Middleware({ type: 'after' })
        class Errors implements ExpressErrorMiddlewareInterface {
          error(error: unknown, _request: Request, _response: Response, next: NextFunction): void {
            seen.push(`error ${Reflect.get(Object(error), 'code')}`);
            next(error);
          }
        }
        return [Before, Errors];
      }

      for (const isListed of [true, false]) {
        it(`runs them before its own error handler, ${isListed ? 'listed' : 'without a list'}`, async () => {
          const middlewares = declareMiddlewares();
          await start({}, { controllers: [UsersController], ...(isListed ? { middlewares } : {}) });
          expect(problemOf(await ask(served.url, 'GET /users/me'))).to.equal(problem(401, 'UNAUTHORIZED'));
          expect(seen).to.deep.equal(['before /users/me', 'error UNAUTHORIZED']);
        });
      }

      it('runs those alone that are listed', async () => {
        const [before = class {}] = declareMiddlewares();
        await start({}, { controllers: [UsersController], middlewares: [before] });
        await ask(served.url, 'GET /users/me');
        expect(seen).to.deep.equal(['before /users/me']);
      });

      it('makes them once, also where routing() is called twice', async () => {
        declareMiddlewares();
        await start({}, { controllers: [UsersController] });
        const { middlewares } = started.users.routing({ controllers: [UsersController] });
        const { middlewares: again } = started.users.routing({ controllers: [UsersController] });
        expect(middlewares).to.have.lengthOf(again?.length ?? 0);
      });
    });
  });
});
