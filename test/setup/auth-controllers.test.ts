import { expect } from 'chai';
import {
  AuthenticationBackend,
  BearerTransport,
  CookieTransport,
  containerPerApp,
  createAuthController,
  DatabaseStrategy,
  JwtStrategy,
  UsersController,
  UsersSetupError,
} from '../../src/index.js';
import { forEachExpress } from '../http/express-apps.js';
import { ada, ask, mount, problem, problemOf } from './client.js';
import { classesComeFrom, startUsers, type User } from './set-up.js';

describe('createAuthController()', () => {
  classesComeFrom(containerPerApp);

  forEachExpress((express) => {
    it('gives login and logout of one backend under a prefix', async () => {
      const bearer = new AuthenticationBackend<User>({
        name: 'bearer',
        transport: new BearerTransport(),
        strategy: new JwtStrategy<User>(),
      });
      const cookie = new AuthenticationBackend<User>({
        name: 'cookie',
        transport: new CookieTransport(),
        strategy: new DatabaseStrategy<User>(),
      });
      const started = await startUsers({ backends: [bearer, cookie] });
      const served = await mount(express(), started.users, {
        controllers: [
          UsersController,
          createAuthController(cookie, '/auth/cookie'),
          // routing-controllers would make routes of it that Express never finds.
          createAuthController(bearer, 'auth/bearer'),
        ],
      });
      await ask(served.url, 'POST /users/register', { body: ada });
      const body = { username: ada.email, password: ada.password };
      const byCookie = await ask(served.url, 'POST /auth/cookie/login', { body });
      expect([byCookie.status, byCookie.headers.get('set-cookie')?.split('=')[0]]).to.deep.equal([204, '__Host-session']);
      const byBearer = await ask(served.url, 'POST /auth/bearer/login', { body });
      expect([byBearer.status, byBearer.body.token_type]).to.deep.equal([200, 'bearer']);
      for (const route of ['POST /auth/cookie/logout', 'POST /auth/bearer/logout']) {
        expect(problemOf(await ask(served.url, route)), route).to.equal(problem(401, 'UNAUTHORIZED'));
      }
      const token = String(byBearer.body.access_token);
      expect((await ask(served.url, 'POST /auth/cookie/logout', { token })).status).to.equal(204);
      expect((await ask(served.url, 'GET /users/me', { token })).status).to.equal(401);
      expect(problemOf(await ask(served.url, 'GET /auth/cookie/me'))).to.equal(problem(404, 'NOT_FOUND'));
      await served.close();
      await started.stop();
    });
  });

  it('ends the start where its backend is not one of the set-up', async () => {
    const stray = new AuthenticationBackend<User>({
      name: 'stray',
      transport: new BearerTransport(),
      strategy: new JwtStrategy<User>(),
    });
    const { users, stop } = await startUsers();
    const controllers = [UsersController, createAuthController(stray, '/auth/stray')];
    expect(() => users.routing({ controllers })).to.throw(UsersSetupError, /"stray".*not among the `backends`.*list it there/);
    await stop();
  });
});
