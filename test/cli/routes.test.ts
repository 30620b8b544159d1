import { expect } from 'chai';
import { All, Authorized, Get, JsonController, Post, type RoutingControllersOptions } from 'routing-controllers';
import { Service } from 'typedi';
import { guardedActions } from '../../src/cli/routes/guarded-action.js';
import {
  AuthenticationBackend,
  CookieTransport,
  containerPerApp,
  createAuthController,
  DatabaseStrategy,
  Public,
  UsersController,
  type UsersOptions,
} from '../../src/index.js';
import { contextOf } from '../../src/setup/context-of.js';
import { classesComeFrom, startUsers, type User } from '../setup/set-up.js';
import type { AppSettings } from './support/app-settings.js';
import { runCliHere } from './support/run-cli.js';

describe('rcu routes', () => {
  const app: AppSettings = { database: { type: 'better-sqlite3', database: ':memory:', enableWAL: true } };

  it('lists every action with what guards it', async () => {
    const { exitCode, stdout, stderr } = await runCliHere(['routes'], { app });
    expect(exitCode, stderr).to.equal(0);
    const lines = stdout.split('\n').map((line) => line.replace(/ {2,}/g, ' | '));
    expect(lines[0]).to.equal('verb | path | who may call it | action');
    expect(lines).to.include.members([
      'GET | /notes | signed in | NotesController.list',
      'POST | /notes | superuser and fresh | NotesController.add',
      'GET | /notes/prices | everybody | NotesController.prices',
      'POST | /users/login | everybody (library) | UsersController.login',
      'GET | /users/me | signed in | UsersController.me',
      'DELETE | /users/:id | superuser | UsersController.deleteById',
    ]);
  });

  it('ends with 0 by --strict where each action has a guard or a mark', async () => {
    const { exitCode, stderr } = await runCliHere(['routes', '--strict'], { app });
    expect(exitCode, stderr).to.equal(0);
    expect(stderr).not.to.include('without a guard');
  });

  it('ends with 1 by --strict where one has neither, and names it', async () => {
    const openApp = { ...app, openRoute: true };
    const { exitCode, json, stderr } = await runCliHere(['routes', '--strict', '--json'], { app: openApp });
    expect(exitCode).to.equal(1);
    expect(stderr).to.include('1 action without a guard');
    const { items } = json as { items: { guard: string }[] };
    expect(items.filter(({ guard }) => guard === 'none')).to.deep.equal([
      { verb: 'GET', path: '/reports/all', controller: 'ReportsController', method: 'all', guard: 'none', roles: null },
    ]);
    expect(await runCliHere(['routes'], { app: openApp })).to.include({ exitCode: 0 });
  });

  describe('counts', () => {
    classesComeFrom(containerPerApp);

    it('an action of an app in a subclass of a library controller as the app’s', async () => {
      @Service()
      @JsonController('/accounts')
      class Accounts extends UsersController<User> {
        @Get('/count')
        count(): object {
          return {};
        }
      }
      const actions = await actionsOf({ controllers: [Accounts] });
      expect(actions).to.include.members([
        'GET /accounts/count none',
        'POST /accounts/register library',
        'GET /accounts/me authorized',
        'PATCH /accounts/:id authorized superuser',
      ]);
    });

    it('a marked class’ own actions as public, and those of its heirs not', async () => {
      @Public()
      @JsonController('/pages')
      class Pages {
        @Get()
        all(): object {
          return {};
        }
      }
      @JsonController('/more')
      class MorePages extends Pages {
        @Get('/added')
        added(): object {
          return {};
        }
      }
      expect(await actionsOf({ controllers: [Pages, MorePages] })).to.have.members([
        'GET /pages public',
        'GET /more none',
        'GET /more/added none',
      ]);
    });

    it('a guard before a mark, and a guard of the class for all its actions', async () => {
      @Authorized('admin')
      @JsonController('/admin')
      class Admin {
        @Public()
        @Post('/do')
        act(): object {
          return {};
        }
      }
      expect(await actionsOf({ controllers: [Admin] })).to.deep.equal(['POST /admin/do authorized admin']);
    });

    it('a catch-all of the app like any other action, a regular expression too', async () => {
      @JsonController('/files')
      class Files {
        @All('/*path')
        any(): object {
          return {};
        }

        @Get(/^\/old-\d+$/)
        old(): object {
          return {};
        }
      }
      expect(await actionsOf({ controllers: [Files] })).to.have.members([
        'ALL /files/*path none',
        'GET /files/^\\/old-\\d+$/ none',
      ]);
    });

    it('no route that the app has turned off, and no less of its other controllers', async () => {
      const cookie = new AuthenticationBackend<User>({
        name: 'cookie',
        transport: new CookieTransport(),
        strategy: new DatabaseStrategy(),
      });
      const controllers = [UsersController, createAuthController(cookie, '/auth/cookie')];
      const actions = await actionsOf({ controllers, routePrefix: '/api' }, { backends: [cookie], routes: { login: false } });
      expect(actions).not.to.include('POST /api/users/login library');
      expect(actions).to.include.members(['POST /api/auth/cookie/login library', 'POST /api/auth/cookie/logout authorized']);
    });
  });
});

/** `GET /path guard roles` of each action. */
async function actionsOf(options: RoutingControllersOptions, own: Partial<UsersOptions<User>> = {}): Promise<string[]> {
  const { users, stop } = await startUsers(own);
  try {
    return guardedActions(contextOf(users), users.routing(options)).map(({ verb, path, guard, roles }) =>
      [verb, path, guard, ...(roles ?? [])].join(' '),
    );
  } finally {
    await stop();
  }
}
