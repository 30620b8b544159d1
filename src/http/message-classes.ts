import { IncomingMessage, ServerResponse } from 'node:http';
import { UsersSetupError } from '../runtime/setup-error.js';

/** What an app of Express 4 or 5 has for its requests and responses: their prototypes. */
export interface ExpressPrototypes {
  request: object;
  response: object;
}

/** Options of `createServer`, of node:http and of node:https. */
export interface MessageClasses {
  IncomingMessage: typeof IncomingMessage;
  ServerResponse: typeof ServerResponse;
}

const made = new WeakMap<ExpressPrototypes, MessageClasses>();

/**
 * The classes of an app's requests and responses, for the server that serves it:
 * `createServer(messageClasses(app), app).listen(3000)`.
 *
 * Without them Node makes messages of its own, and Express changes the prototype of both at each request. On Node 20 and 22 V8 gives
 * an object that this happens to a shape that no other has, so that no code which touches it is ever fast; a signed-in request then
 * takes about twice the time. Node 24 takes no longer either way.
 * @param app - the Express app that the server serves, and none that is mounted in it
 * @returns the same classes each time; `app.request` and `app.response` inherit from what they were
 * @throws {@link UsersSetupError} when it is no Express app
 */
export function messageClasses(app: ExpressPrototypes): MessageClasses {
  const known = made.get(app);
  if (known !== undefined) return known;
  if (!(app?.request instanceof IncomingMessage && app.response instanceof ServerResponse)) {
    throw new UsersSetupError([
      'messageClasses(app): app is no Express app. Give what express() or createExpressServer(…) gave, in messageClasses(app) and in createServer(…, app).',
    ]);
  }
  class ExpressRequest extends IncomingMessage {}
  class ExpressResponse<R extends IncomingMessage> extends ServerResponse<R> {}
  Object.setPrototypeOf(ExpressRequest.prototype, app.request);
  Object.setPrototypeOf(ExpressResponse.prototype, app.response);
  app.request = ExpressRequest.prototype;
  app.response = ExpressResponse.prototype;
  const classes = { IncomingMessage: ExpressRequest, ServerResponse: ExpressResponse };
  made.set(app, classes);
  return classes;
}
