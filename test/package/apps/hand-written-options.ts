import type { NextFunction, Request, Response } from 'express';
import { createExpressServer, type ExpressErrorMiddlewareInterface, Middleware, useContainer } from 'routing-controllers';
import { setupUsers, UsersController, UsersError } from 'routing-controllers-users';
import { Container, Service } from 'typedi';
import { journey, run, serve } from './journey.js';
import { openDatabase, secret, User } from './user.js';

/** As the app had it before the library came: errors carry what it needs. */
@Service()
@Middleware({ type: 'after' })
class OwnErrorHandler implements ExpressErrorMiddlewareInterface {
  error(error: unknown, _request: Request, response: Response, next: NextFunction): void {
    if (error instanceof UsersError)
      response.status(error.httpCode).set(error.headers).type('application/problem+json').json(error);
    else next(error);
  }
}

run(async () => {
  const dataSource = await openDatabase();
  useContainer(Container);
  const users = setupUsers({ dataSource, user: User, secret });
  const app = createExpressServer({
    controllers: [UsersController],
    middlewares: [OwnErrorHandler],
    defaultErrorHandler: false,
    authorizationChecker: users.authorizationChecker,
    currentUserChecker: users.currentUserChecker,
  });
  const { url, close } = await serve(app);
  await journey(`${url}/users`);
  await close();
  await users.close();
  await dataSource.destroy();
});
