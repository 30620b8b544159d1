import 'reflect-metadata';
import { expect } from 'chai';
import { IsString, MaxLength } from 'class-validator';
import type { RequestHandler } from 'express';
import {
  BadRequestError,
  Body,
  Get,
  HttpError,
  JsonController,
  NotFoundError as MissingError,
  Param,
  Post,
  QueryParam,
  UnauthorizedError as RefusedError,
  UseBefore,
  useExpressServer,
} from 'routing-controllers';
import { Service } from 'typedi';
import {
  createProblemHandler,
  MalformedBodyError,
  NotFoundError,
  receive,
  ServiceUnavailableError,
  TooManyRequestsError,
  toUsersError,
  UnauthorizedError,
  UsersError,
  ValidationError,
} from '../../src/http/index.js';
import { forEachExpress, raw, recordingLogger, type Served, serve } from './express-apps.js';

/** An error of an app's own. */
class TeaError extends UsersError {
  readonly status = 418;
  readonly code = 'TEA';

  constructor() {
    super('This is a teapot.');
  }

  protected override get extensions(): Record<string, unknown> {
    return { reason: 'short and stout' };
  }
}

class NamedBody {
  @IsString()
  @MaxLength(3, { message: 'not $value' })
  name!: string;
}

@Service()
@JsonController('/rc')
class ThrowingController {
  @Get('/bad')
  bad(): never {
    throw new BadRequestError('Not like this.');
  }

  @Get('/refused')
  refused(): never {
    throw new RefusedError('The seat is taken.');
  }

  @Get('/missing')
  missing(): never {
    throw new MissingError();
  }

  @Get('/undefined')
  nothing(): undefined {
    return undefined;
  }

  @Get('/teapot')
  teapot(): never {
    throw new HttpError(418, 'I am one.');
  }

  @Get('/broken')
  broken(): never {
    throw new HttpError(503, 'mysql://root:hunter2@db');
  }

  @Get('/number/:id')
  number(@Param('id') id: number): object {
    return { id };
  }

  @Get('/required')
  required(@QueryParam('q', { required: true }) q: string): object {
    return { q };
  }

  @Post('/body')
  @UseBefore(receive('body', 'json'))
  body(@Body({ validate: true }) body: NamedBody): object {
    return { name: body.name };
  }
}

forEachExpress((express) => {
  describe('createProblemHandler', () => {
    const logger = recordingLogger();
    let served: Served;
    let failure: unknown;

    async function ask(path = '/fail?token=hunter2', init: RequestInit = {}) {
      const response = await fetch(served.url + path, init);
      const text = await response.text();
      return { response, text, problem: text === '' ? null : (JSON.parse(text) as Record<string, unknown>) };
    }

    before(async () => {
      const app = express();
      const fail: RequestHandler = (_request, response, next) => {
        response.setHeader('ETag', '"a"').setHeader('Content-Encoding', 'br');
        next(failure);
      };
      app.all('/fail', fail);
      app.get('/param/:id', (request, response) => void response.json({ id: request.params.id }));
      app.get('/half', (_request, response, next) => {
        response.write('half an answer');
        setTimeout(() => next(new Error('in the middle')), 20);
      });
      app.get('/late', (_request, response, next) => {
        response.end('all of it');
        next(new Error('too late'));
      });
      // A list, since without one routing-controllers takes every middleware that was declared in this process.
      useExpressServer(app, { controllers: [ThrowingController], middlewares: [class None {}], defaultErrorHandler: false });
      app.use((_request, _response, next) => next(new NotFoundError()));
      app.use(createProblemHandler(logger));
      served = await serve(app);
    });

    beforeEach(() => {
      logger.lines.length = 0;
      failure = new NotFoundError();
    });

    after(() => served.close());

    it('answers with problem+json, not to be stored, and nothing of the answer that failed', async () => {
      const { response, problem } = await ask();
      expect(response.status).to.equal(404);
      expect(response.headers.get('content-type')).to.equal('application/problem+json');
      expect(response.headers.get('cache-control')).to.equal('no-store');
      expect(response.headers.get('etag')).to.equal(null);
      expect(response.headers.get('content-encoding')).to.equal(null);
      expect(problem).to.deep.equal({
        type: 'about:blank',
        title: 'Not Found',
        status: 404,
        code: 'NOT_FOUND',
        detail: 'There is nothing at this address.',
      });
    });

    it('keeps the connection open, after a 500 too', async () => {
      failure = new Error('broken');
      const request = 'GET /fail HTTP/1.1\r\nHost: a\r\n\r\n';
      const last = 'GET /param/end HTTP/1.1\r\nHost: a\r\n\r\n';
      const answer = await raw(served.port, [request, request, last], '"end"');
      expect(answer.match(/HTTP\/1\.1 \d+/g)).to.deep.equal(['HTTP/1.1 500', 'HTTP/1.1 500', 'HTTP/1.1 200']);
    });

    it('answers HEAD without a body', async () => {
      const { response, text } = await ask('/fail', { method: 'HEAD' });
      expect(response.status).to.equal(404);
      expect(text).to.equal('');
    });

    it('answers with the errors of the app that extend UsersError', async () => {
      failure = new TeaError();
      expect((await ask()).problem).to.include({ status: 418, code: 'TEA', reason: 'short and stout' });
    });

    it('sends the headers that belong to an error', async () => {
      failure = new UnauthorizedError(true);
      expect((await ask()).response.headers.get('www-authenticate')).to.equal('Bearer error="invalid_token"');
      failure = new TooManyRequestsError(0.2);
      expect((await ask()).response.headers.get('retry-after')).to.equal('1');
    });

    for (const [name, thrown] of [
      ['an error', new Error('hunter2')],
      ['an error with a status of 5xx', Object.assign(new Error('hunter2'), { status: 502, expose: true })],
      ['an error with a status that is none', Object.assign(new Error('hunter2'), { status: 42 })],
      ['an error with a status that is no number', Object.assign(new Error('hunter2'), { status: '404' })],
      ['a text', 'hunter2'],
      ['an object', { status: 404, message: 'hunter2' }],
    ] as const) {
      it(`tells nothing of ${name}`, async () => {
        failure = thrown;
        const { response, text, problem } = await ask();
        expect(response.status).to.equal(500);
        expect(problem).to.include({ code: 'INTERNAL_ERROR', detail: 'Something went wrong on our side.' });
        expect(text).not.to.contain('hunter2');
      });
    }

    it('logs what became a 500 with method, path and stack, without the query', async () => {
      failure = new Error('broken', { cause: new Error('deeper') });
      await ask();
      expect(logger.lines).to.have.length(1);
      const [message, description] = logger.lines[0] ?? [];
      expect(message).to.equal('GET /fail failed');
      expect(description).to.have.property('message', 'broken');
      expect(description).to.have.property('stack').that.contains('problem.test');
      expect(description).to.have.nested.property('cause.message', 'deeper');
      expect(JSON.stringify(logger.lines)).not.to.contain('hunter2');
    });

    it('logs the cause of a 503, and nothing of what the client did wrong', async () => {
      failure = new ServiceUnavailableError(3, { cause: new Error('ECONNREFUSED') });
      expect((await ask()).response.headers.get('retry-after')).to.equal('3');
      expect(JSON.stringify(logger.lines)).to.contain('ECONNREFUSED');
      logger.lines.length = 0;
      for (const error of [new ServiceUnavailableError(), new NotFoundError(), new MalformedBodyError()]) {
        failure = error;
        await ask();
      }
      expect(logger.lines).to.deep.equal([]);
    });

    it('cuts off an answer that has begun, so that nobody takes it for whole', async () => {
      const answer = await fetch(`${served.url}/half`)
        .then((response) => response.text())
        .catch(() => 'cut off');
      expect(answer).to.equal('cut off');
      expect(logger.lines).to.have.length(1);
    });

    it('leaves an answer alone that is complete', async () => {
      expect(await fetch(`${served.url}/late`).then((response) => response.text())).to.equal('all of it');
    });

    it('answers a path that cannot be decoded, without repeating it', async () => {
      const { response, text, problem } = await ask('/param/%E0%A4hunter2');
      expect(response.status).to.equal(400);
      expect(problem).to.include({ code: 'BAD_REQUEST', detail: 'Something in the request is missing or wrong.' });
      expect(text).not.to.contain('hunter2');
    });

    it('keeps status and message of http-errors that are meant for the client', async () => {
      failure = Object.assign(new Error('Only on Mondays.'), { status: 409, expose: true });
      expect((await ask()).problem).to.include({ status: 409, code: 'CONFLICT', detail: 'Only on Mondays.' });
      failure = Object.assign(new Error('hunter2'), { statusCode: 409, expose: false });
      expect((await ask()).problem).to.include({ status: 409, detail: 'Conflict.' });
    });

    for (const [path, status, code, detail] of [
      ['/rc/bad', 400, 'BAD_REQUEST', 'Not like this.'],
      ['/rc/refused', 401, 'UNAUTHORIZED', 'The seat is taken.'],
      ['/rc/missing', 404, 'NOT_FOUND', 'There is nothing at this address.'],
      ['/rc/undefined', 404, 'NOT_FOUND', 'There is nothing at this address.'],
      ['/rc/teapot', 418, 'IM_A_TEAPOT', 'I am one.'],
      ['/rc/broken', 500, 'INTERNAL_ERROR', 'Something went wrong on our side.'],
      ['/rc/number/hunter2', 400, 'PARAM_NORMALIZATION', 'Something in the request is missing or wrong.'],
      ['/rc/required?token=hunter2', 400, 'PARAM_REQUIRED', 'Something in the request is missing or wrong.'],
      ['/nowhere', 404, 'NOT_FOUND', 'There is nothing at this address.'],
    ] as const) {
      it(`answers ${code} to GET ${path}`, async () => {
        const { response, problem, text } = await ask(path);
        expect(problem).to.include({ status, code, detail });
        expect(response.headers.get('www-authenticate')).to.equal(status === 401 ? 'Bearer' : null);
        expect(text).not.to.contain('hunter2');
      });
    }

    it("lists the fields that an app's own @Body() refused, without values", async () => {
      const init = { method: 'POST', headers: { 'Content-Type': 'application/json' } };
      expect((await ask('/rc/body', { ...init, body: '{"name":"Ada"}' })).problem).to.deep.equal({ name: 'Ada' });
      const { problem, text } = await ask('/rc/body', { ...init, body: '{"name":"hunter2"}' });
      expect(problem).to.include({ status: 400, code: 'BAD_REQUEST' });
      expect(problem?.errors).to.deep.equal([{ field: 'name', messages: ['name is not valid'] }]);
      expect(text).not.to.contain('hunter2');
    });
  });
});

describe('toUsersError', () => {
  for (const [type, status, code] of [
    ['entity.parse.failed', 400, 'MALFORMED_BODY'],
    ['request.aborted', 400, 'MALFORMED_BODY'],
    ['request.size.invalid', 400, 'MALFORMED_BODY'],
    ['entity.too.large', 413, 'PAYLOAD_TOO_LARGE'],
    ['parameters.too.many', 413, 'PAYLOAD_TOO_LARGE'],
    ['encoding.unsupported', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['charset.unsupported', 415, 'UNSUPPORTED_MEDIA_TYPE'],
  ] as const) {
    it(`makes ${code} of body-parser's ${type}`, () => {
      const error = Object.assign(new Error('hunter2'), { type, status, expose: true, body: 'hunter2' });
      expect(toUsersError(error).toJSON()).to.include({ status, code });
      expect(JSON.stringify(toUsersError(error))).not.to.contain('hunter2');
    });
  }

  it('gives a UsersError back as it is', () => {
    const error = new ValidationError([]);
    expect(toUsersError(error)).to.equal(error);
  });

  it('does not let an error of the app answer with a status that is no error', () => {
    class FineError extends UsersError {
      readonly status = 200;
      readonly code = 'FINE';
    }
    expect(toUsersError(new FineError('hunter2')).status).to.equal(500);
  });
});
