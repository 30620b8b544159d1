import { expect } from 'chai';
import express5, { type Request, type Response } from 'express';
import {
  Authorized,
  Get,
  getMetadataArgsStorage,
  HttpCode,
  JsonController,
  Param,
  Post,
  UseBefore,
  useExpressServer,
} from 'routing-controllers';
import { Inject, Service } from 'typedi';
import { CurrentUser, containerPerApp, type PlainUser, UsersController } from '../../src/index.js';
import { ROUTE_NAMES } from '../../src/setup/users-options.js';
import { forEachExpress, type Served, serve } from '../http/express-apps.js';
import { ada, ask, mount, problem, problemOf, signIn } from './client.js';
import { classesComeFrom, startUsers, User } from './set-up.js';

@Service()
class Greetings {
  of(user: User): string {
    return `Hello, ${user.email}`;
  }
}

@Service()
@JsonController('/v1/accounts')
class AccountsController extends UsersController<User> {
  @Inject()
  private readonly greetings!: Greetings;

  @Get('/me/greeting')
  @Authorized()
  greet(@CurrentUser() user: User): object {
    return { greeting: this.greetings.of(user) };
  }

  @Get('/count')
  count(): object {
    return { count: 1 };
  }

  /** Without a decorator: route, guard, parameters and status stay. */
  override async me(user: User): Promise<PlainUser> {
    return { ...(await super.me(user)), overridden: true };
  }
}

/** Nobody lists it, and it has no decorator of its own. */
abstract class AuditedController extends UsersController<User> {
  override async getById(superuser: User, id: string): Promise<PlainUser> {
    return { ...(await super.getById(superuser, id)), audited: true };
  }

  @Get('/:id/audit')
  @Authorized('superuser')
  audit(@Param('id') id: string): object {
    return { audited: id };
  }
}

@Service()
@JsonController('/audited')
class AuditedUsersController extends AuditedController {}

@Service()
@JsonController('/heirs')
class HeirOfHeirController extends AccountsController {
  override async me(user: User): Promise<PlainUser> {
    return { ...(await super.me(user)), twice: true };
  }
}

const marked: string[] = [];

@Service()
@JsonController('/decorated')
class DecoratedController extends UsersController<User> {
  /** A status and a middleware of its own: what it does not name stays. */
  @HttpCode(207)
  @UseBefore((request: Request, _response: Response, next: () => void) => {
    marked.push(request.path);
    next();
  })
  override async listMySessions(user: User, request: Request) {
    return super.listMySessions(user, request);
  }

  /** Under another path: the one of the base is gone. */
  @Post('/sign-up')
  override async register(request: Request): Promise<PlainUser | undefined> {
    return super.register(request);
  }
}

const controllers = [AccountsController, AuditedUsersController, HeirOfHeirController, DecoratedController];

/** The guarded routes of a controller, its own and its base classes', as `GET /v1/accounts/me`. */
function guardedRoutes(controller: Function, prefix: string): string[] {
  const { actions, responseHandlers } = getMetadataArgsStorage();
  const isInherited = (target: Function) => target === controller || controller.prototype instanceof target;
  const guarded = new Set(
    responseHandlers.filter(({ type, target }) => type === 'authorized' && isInherited(target)).map(({ method }) => method),
  );
  return actions
    .filter(({ target, method }) => isInherited(target) && guarded.has(method))
    .map(({ type, route }) => `${type.toUpperCase()} ${prefix}${String(route).replace(':id', '1')}`);
}

describe('a class that extends UsersController (routing-controllers: heirs lose guards, parameters and statuses)', () => {
  classesComeFrom(containerPerApp);

  forEachExpress((express) => {
    let started: Awaited<ReturnType<typeof startUsers>>;
    let served: Served;
    let token: string;
    let superToken: string;

    before(async () => {
      started = await startUsers();
      served = await mount(express(), started.users, { controllers });
      token = await signIn(served.url, '/v1/accounts');
      const sue = { email: 'sue@example.com', password: 'superb password' };
      await started.users.manager.create({ ...sue, isSuperuser: true });
      const { body } = await ask(served.url, 'POST /v1/accounts/login', {
        body: { username: sue.email, password: sue.password },
      });
      superToken = String(body.access_token);
    });
    after(async () => {
      await served.close();
      await started.stop();
    });

    for (const [controller, prefix, own] of [
      [AccountsController, '/v1/accounts', 1],
      [AuditedUsersController, '/audited', 1],
      [HeirOfHeirController, '/heirs', 1],
      [DecoratedController, '/decorated', 0],
    ] as const) {
      it(`refuses anonymous callers on every guarded route under ${prefix}`, async () => {
        const routes = guardedRoutes(controller, prefix);
        expect(routes).to.have.lengthOf(14 + own);
        for (const route of routes) {
          expect(problemOf(await ask(served.url, route)), route).to.equal(problem(401, 'UNAUTHORIZED'));
          expect(problemOf(await ask(served.url, route, { token: 'bad' })), route).to.equal(problem(401, 'UNAUTHORIZED'));
        }
      });

      it(`refuses plain users on every route for superusers under ${prefix}`, async () => {
        for (const route of ['GET /', 'POST /', 'GET /1', 'PATCH /1', 'DELETE /1', 'DELETE /1/sessions']) {
          const answer = await ask(served.url, route.replace(' ', ` ${prefix}`), { token });
          expect(problemOf(answer), route).to.equal(problem(403, 'FORBIDDEN'));
        }
      });
    }

    it('has routes of its own, with services of its own', async () => {
      expect((await ask(served.url, 'GET /v1/accounts/me/greeting', { token })).body).to.deep.equal({
        greeting: 'Hello, ada@example.com',
      });
      expect((await ask(served.url, 'GET /v1/accounts/count')).body).to.deep.equal({ count: 1 });
    });

    it('overrides without decorating again', async () => {
      const { status, body, headers } = await ask(served.url, 'GET /v1/accounts/me', { token });
      expect([status, body.email, body.overridden]).to.deep.equal([200, ada.email, true]);
      expect(headers.get('cache-control')).to.equal('no-store');
    });

    it('keeps statuses, parameters and the reading of bodies', async () => {
      const bob = { email: 'bob@example.com', password: 'another password' };
      expect((await ask(served.url, 'POST /v1/accounts/register', { body: bob })).status).to.equal(201);
      expect((await ask(served.url, 'POST /v1/accounts/forgot-password', { body: bob })).status).to.equal(202);
      const bad = await ask(served.url, 'POST /v1/accounts/forgot-password', { body: '<email/>', type: 'text/xml' });
      expect(problemOf(bad)).to.equal(problem(415, 'UNSUPPORTED_MEDIA_TYPE'));
      const { body } = await ask(served.url, 'GET /v1/accounts/?search=bob', { token: superToken });
      const [found] = body.items as { id: string }[];
      const one = await ask(served.url, `GET /v1/accounts/${found?.id}`, { token: superToken });
      expect([one.status, one.body.email]).to.deep.equal([200, bob.email]);
      expect((await ask(served.url, `DELETE /v1/accounts/${found?.id}`, { token: superToken })).status).to.equal(204);
    });

    it('overrides through a class in between that has no decorator', async () => {
      const sue = await started.users.manager.findByEmail('sue@example.com');
      const { status, body } = await ask(served.url, `GET /audited/${sue?.id}`, { token: superToken });
      expect([status, body.email, body.audited]).to.deep.equal([200, 'sue@example.com', true]);
      const audit = await ask(served.url, 'GET /audited/7/audit', { token: superToken });
      expect([audit.status, audit.body]).to.deep.equal([200, { audited: '7' }]);
      expect((await ask(served.url, 'GET /audited/7/audit', { token })).status).to.equal(403);
    });

    it('may be extended again', async () => {
      const { body } = await ask(served.url, 'GET /heirs/me', { token });
      expect([body.email, body.overridden, body.twice]).to.deep.equal([ada.email, true, true]);
      expect((await ask(served.url, 'GET /heirs/me/greeting', { token })).body.greeting).to.equal('Hello, ada@example.com');
    });

    it('keeps what a method that is decorated again does not name', async () => {
      marked.length = 0;
      expect(problemOf(await ask(served.url, 'GET /decorated/me/sessions'))).to.equal(problem(401, 'UNAUTHORIZED'));
      const { status, body } = await ask(served.url, 'GET /decorated/me/sessions', { token });
      expect(status).to.equal(207);
      expect(body.items).to.be.an('array').that.is.not.empty;
      expect(marked).to.deep.equal(['/decorated/me/sessions', '/decorated/me/sessions']);
    });

    it('moves a route that is given another path', async () => {
      const eve = { email: 'eve@example.com', password: 'another password' };
      expect((await ask(served.url, 'POST /decorated/sign-up', { body: eve })).status).to.equal(201);
      expect(problemOf(await ask(served.url, 'POST /decorated/register', { body: eve }))).to.equal(problem(404, 'NOT_FOUND'));
    });

    it('answers unknown routes under its prefix as a JSON 404, and leaves /users alone', async () => {
      expect(problemOf(await ask(served.url, 'GET /v1/accounts/a/b'))).to.equal(problem(404, 'NOT_FOUND'));
      expect((await ask(served.url, 'GET /users/me')).headers.get('content-type')).to.contain('text/html');
    });
  });

  it('obeys the switches of routes', async () => {
    const started = await startUsers({ routes: { register: false, me: false } });
    const served = await mount(express5(), started.users, { controllers });
    for (const route of ['POST /v1/accounts/register', 'GET /v1/accounts/me', 'POST /decorated/sign-up', 'GET /heirs/me']) {
      expect(problemOf(await ask(served.url, route)), route).to.equal(problem(404, 'NOT_FOUND'));
    }
    await served.close();
    await started.stop();
  });

  it('is refused at its first request when it is declared after routing(), and opens nothing', async () => {
    const started = await startUsers();
    const options = started.users.routing({ controllers: [] });

    @Service()
    @JsonController('/late')
    class LateController extends UsersController<User> {}

    const app = express5();
    useExpressServer(app, { ...options, controllers: [LateController] });
    const served = await serve(app);
    for (const route of guardedRoutes(LateController, '/late')) {
      expect(problemOf(await ask(served.url, route)), route).to.equal(problem(500, 'INTERNAL_ERROR'));
    }
    expect(JSON.stringify(started.logger.lines)).to.contain('LateController').and.to.contain('import it before');
    await served.close();
    await started.stop();
  });

  it('keeps each route of the library under its name', () => {
    const { actions } = getMetadataArgsStorage();
    const methods = actions.filter(({ target }) => target === UsersController).map(({ method }) => method);
    expect(methods).to.have.members([...ROUTE_NAMES]);
  });
});
