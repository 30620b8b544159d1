import { once } from 'node:events';
import { createServer, IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { Express, Request, Response } from 'express';
import { createExpressServer, Get, JsonController } from 'routing-controllers';
import { Service } from 'typedi';
import { messageClasses, UsersSetupError } from '../../src/index.js';
import { forEachExpress } from './express-apps.js';

/** What the server made of a request before the app had it, and what the app made of it. */
interface Prototypes {
  made: [request: object, response: object];
  used: [request: object, response: object];
}

@Service()
@JsonController('/greetings')
class GreetingsController {
  @Get('/')
  greet() {
    return { hello: 'world' };
  }
}

describe('messageClasses', () => {
  const servers: Server[] = [];

  /** @returns the answer of the app, and the prototypes of its messages */
  async function get(app: Express, path: string): Promise<{ body: string; prototypes: Prototypes }> {
    const server = createServer(messageClasses(app), app);
    servers.push(server);
    const seen: Prototypes[] = [];
    server.prependListener('request', (request, response) => {
      const made = prototypesOf(request, response);
      response.once('finish', () => seen.push({ made, used: prototypesOf(request, response) }));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
    const body = await answer.text();
    const [prototypes] = seen;
    if (prototypes === undefined) throw new Error('nothing was answered');
    return { body, prototypes };
  }

  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    }
  });

  forEachExpress((express) => {
    it('makes messages whose prototypes Express leaves as they are', async () => {
      const app = express().get('/', (_request: Request, response: Response) => response.json('done'));
      const { body, prototypes } = await get(app, '/');
      expect(body).to.equal('"done"');
      expect(prototypes.used[0]).to.equal(app.request);
      expect(prototypes.used[1]).to.equal(app.response);
      expect(prototypes.made[0]).to.equal(prototypes.used[0]);
      expect(prototypes.made[1]).to.equal(prototypes.used[1]);
    });

    it('keeps what Express and the app have on requests and responses, from before and from after', async () => {
      const app = express();
      Reflect.set(app.request, 'before', () => 'before');
      messageClasses(app);
      Reflect.set(app.response, 'after', () => 'after');
      app.get('/', (request: Request, response: Response) => {
        response.json([
          request.app === app,
          request.get('host') === request.headers.host,
          request.ip,
          request instanceof IncomingMessage && response instanceof ServerResponse,
          Reflect.get(request, 'before')(),
          Reflect.get(response, 'after')(),
        ]);
      });
      const { body } = await get(app, '/');
      expect(JSON.parse(body)).to.deep.equal([true, true, '127.0.0.1', true, 'before', 'after']);
    });

    it('serves an app that is mounted in it, before or after', async () => {
      const app = express();
      const answer = (request: Request, response: Response): void =>
        void response.json([request.app.get('name'), request.baseUrl]);
      app.use('/early', express().set('name', 'early').get('/', answer));
      messageClasses(app);
      app.use('/late', express().set('name', 'late').get('/', answer));
      app.set('name', 'outer').get('/', answer);
      expect((await get(app, '/early')).body).to.equal('["early","/early"]');
      expect((await get(app, '/late')).body).to.equal('["late","/late"]');
      expect((await get(app, '/')).body).to.equal('["outer",""]');
    });

    it('gives the same classes again, and each app its own', () => {
      const app = express();
      const classes = messageClasses(app);
      expect(messageClasses(app)).to.equal(classes);
      expect(messageClasses(express())).to.not.equal(classes);
    });
  });

  it('takes what createExpressServer gives', async () => {
    const app: Express = createExpressServer({ controllers: [GreetingsController] });
    const { body, prototypes } = await get(app, '/greetings');
    expect(body).to.equal('{"hello":"world"}');
    expect(prototypes.made[0]).to.equal(prototypes.used[0]);
  });

  for (const [title, given] of [
    ['nothing', undefined],
    ['a function', () => undefined],
    ['an object', { request: {}, response: {} }],
  ] as const) {
    it(`refuses ${title}, and says what to give`, () => {
      expect(() => messageClasses(given as never)).to.throw(UsersSetupError, 'what express() or createExpressServer(…) gave');
    });
  }
});

function prototypesOf(request: object, response: object): [object, object] {
  return [Object.getPrototypeOf(request), Object.getPrototypeOf(response)];
}
