import 'reflect-metadata';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { IsOptional, IsString } from 'class-validator';
import type { Express, RequestHandler } from 'express';
import { Bodies, type BodyKind, createProblemHandler, receive, receivedRoute } from '../../src/http/index.js';
import { forEachExpress, raw, recordingLogger, type Served, serve } from './express-apps.js';

class Note {
  @IsString()
  text!: string;

  @IsOptional()
  @IsString()
  more?: string;
}

/** What an answer may hold, of a good request or of a refused one. */
interface Answer {
  route: string;
  body: Record<string, unknown>;
  code: string;
  errors: { field: string; messages: string[] }[];
}

/** Everything optional, to see what an empty body is. */
class Nothing {
  @IsOptional()
  @IsString()
  text?: string;
}

const json = { 'Content-Type': 'application/json' };
const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
const limit = 102_400;

forEachExpress((express) => {
  describe('receive and Bodies', () => {
    const off = new Set<string>();
    const bodies = new Bodies((route) => !off.has(route));
    const logger = recordingLogger();
    const open: Served[] = [];
    let url: string;
    let port: number;

    function appWith(...parsers: RequestHandler[]): Express {
      const app = express();
      for (const parser of parsers) app.use(parser);
      const add = (path: string, kind: BodyKind, dto: new () => object): void => {
        app.post(path, receive(path.slice(1), kind), (request, response, next) => {
          bodies.read(dto, request).then((body) => response.json({ route: receivedRoute(request), body }), next);
        });
      };
      add('/note', 'json', Note);
      add('/login', 'login', Note);
      add('/nothing', 'json', Nothing);
      add('/none', 'none', Nothing);
      app.post('/raw', receive('raw', 'none'), (request, response) => {
        let size = 0;
        request.on('data', (chunk) => (size += chunk.length)).on('end', () => response.json({ size }));
      });
      app.post('/own', (request, response) => {
        bodies.admit(request);
        response.json({ route: receivedRoute(request) ?? null });
      });
      app.use(createProblemHandler(logger));
      return app;
    }

    async function start(...parsers: RequestHandler[]): Promise<Served> {
      const served = await serve(appWith(...parsers));
      open.push(served);
      return served;
    }

    async function post(path: string, body: string | Uint8Array | null, headers: Record<string, string> = json, base = url) {
      const response = await fetch(base + path, { method: 'POST', headers, ...(body === null ? {} : { body }) });
      return { status: response.status, answer: (await response.json()) as Answer, headers: response.headers };
    }

    before(async () => ({ url, port } = await start()));

    beforeEach(() => {
      logger.lines.length = 0;
      off.clear();
    });

    after(() => Promise.all(open.map((served) => served.close())));

    it('reads JSON and bears the name of the route', async () => {
      const { status, answer, headers } = await post('/note', '{"text":"hé"}');
      expect(status).to.equal(200);
      expect(answer).to.deep.equal({ route: 'note', body: { text: 'hé' } });
      expect(headers.get('cache-control')).to.equal('no-store');
    });

    it("answers by a middleware's own response.json", async () => {
      const wrapped = await start((_request, response, next) => {
        const answer = response.json;
        response.json = (value) => answer.call(response, { data: value });
        next();
      });
      const { answer } = await post('/note', '{"text":"a"}', json, wrapped.url);
      expect(answer).to.deep.equal({ data: { route: 'note', body: { text: 'a' } } });
    });

    for (const type of [
      'application/json',
      'Application/JSON ; Charset="UTF-8"',
      'application/merge-patch+json',
      'application/json;charset=utf8',
    ]) {
      it(`takes ${type}`, async () => {
        expect((await post('/note', '{"text":"a"}', { 'Content-Type': type })).status).to.equal(200);
      });
    }

    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=a',
      'application/json; charset=latin1',
      'application/json; charset=utf-16',
      'application/json; charset=utf-8; charset=utf-16',
      'application/jsonp',
      'json',
      '+json',
      '',
    ]) {
      it(`answers 415 to a body of type ${type || 'nothing'}`, async () => {
        const bytes = new TextEncoder().encode('{"text":"a"}');
        const { status, answer } = await post('/note', bytes, type === '' ? {} : { 'Content-Type': type });
        expect(status).to.equal(415);
        expect(answer.code).to.equal('UNSUPPORTED_MEDIA_TYPE');
      });
    }

    it('answers 415 to a content encoding, identity aside', async () => {
      const zipped = new Uint8Array(gzipSync('{"text":"a"}'));
      expect((await post('/note', zipped, { ...json, 'Content-Encoding': 'gzip' })).status).to.equal(415);
      expect((await post('/note', '{"text":"a"}', { ...json, 'Content-Encoding': 'identity' })).status).to.equal(200);
    });

    it('takes no body as an empty object, whatever the type', async () => {
      expect((await post('/nothing', null, {})).answer.body).to.deep.equal({});
      expect((await post('/nothing', '', { 'Content-Type': 'text/plain' })).answer.body).to.deep.equal({});
      expect((await post('/note', null, {})).answer.errors[0]?.field).to.equal('text');
    });

    it('takes a chunked body, also an empty one', async () => {
      const head = 'POST /nothing HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
      expect(await raw(port, [head, '0\r\n\r\n'], '}}')).to.contain('"body":{}');
      expect(await raw(port, [head, '5\r\n{"tex\r\n', '7\r\nt":"a"}\r\n0\r\n\r\n'], '}}')).to.contain('{"text":"a"}');
    });

    it('takes a chunked body for none until its first byte has come, whatever the type', async () => {
      const head = 'POST /nothing HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n';
      expect(await raw(port, [`${head}\r\n`, '0\r\n\r\n'], '}}')).to.contain('"body":{}');
      expect(await raw(port, [`${head}Content-Type: text/plain\r\n\r\n`, '0\r\n\r\n'], '}}')).to.contain('"body":{}');
      expect(await raw(port, [`${head}\r\n`, '1\r\n{\r\n'])).to.match(/^HTTP\/1\.1 415 /);
    });

    for (const [name, body] of [
      ['text that is no JSON', 'text=hunter2'],
      ['a body cut short', '{"text":"hunter2'],
      ['NaN', '{"text":NaN}'],
      ['white space alone', '  '],
      ['bytes that are not UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
      ['33 levels', `{"text":${'['.repeat(32)}${']'.repeat(32)}}`],
      ['50,000 levels', '['.repeat(50_000) + ']'.repeat(50_000)],
    ] as const) {
      it(`answers MALFORMED_BODY to ${name}`, async () => {
        const { status, answer } = await post('/note', body);
        expect(status).to.equal(400);
        expect(answer.code).to.equal('MALFORMED_BODY');
        expect(JSON.stringify(answer)).not.to.contain('hunter2');
        expect(logger.lines).to.deep.equal([]);
      });
    }

    it('takes 32 levels, and a byte order mark', async () => {
      const deep = await post('/nothing', `{"x":${'['.repeat(31)}${']'.repeat(31)}}`);
      expect(deep.status).to.equal(200);
      expect((await post('/note', '\uFEFF{"text":"a"}')).status).to.equal(200);
    });

    for (const body of ['[]', '[{"text":"a"}]', '"text"', '1', 'true', 'null']) {
      it(`answers 422 to ${body}, which is no object`, async () => {
        const { status, answer } = await post('/note', body);
        expect(status).to.equal(422);
        expect(answer.errors).to.deep.equal([{ field: 'body', messages: ['body must be a JSON object'] }]);
      });
    }

    describe('the limit of 100 kB', () => {
      const sized = (size: number): string => `{"text":"${'a'.repeat(size - 11)}"}`;

      it('takes a body of just that size', async () => {
        expect((await post('/note', sized(limit))).status).to.equal(200);
      });

      it('answers 413 to one byte more', async () => {
        const { status, answer } = await post('/note', sized(limit + 1));
        expect(status).to.equal(413);
        expect(answer.code).to.equal('PAYLOAD_TOO_LARGE');
      });

      it('answers 413 by the announced length, before the body comes', async () => {
        const head = `POST /note HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${10 * limit}\r\n\r\n`;
        expect(await raw(port, [head])).to.match(/^HTTP\/1\.1 413 /);
      });

      it('answers 413 to a chunked body while it is still coming', async () => {
        const head = 'POST /note HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
        const chunk = `10000\r\n${'a'.repeat(0x10000)}\r\n`;
        expect(await raw(port, [head, chunk, chunk])).to.match(/^HTTP\/1\.1 413 /);
      });

      it('keeps the connection, and serves the next request on it', async () => {
        const chunk = `10000\r\n${'a'.repeat(0x10000)}\r\n`;
        const large = `POST /note HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}${chunk}0\r\n\r\n`;
        const announced = `POST /note HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${limit + 1}\r\n\r\n${'a'.repeat(limit + 1)}`;
        const good = 'POST /note HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{"text":"b"}';
        const answer = await raw(port, [large, announced, good], '"text":"b"');
        expect(answer.match(/HTTP\/1\.1 \d+/g)).to.deep.equal(['HTTP/1.1 413', 'HTTP/1.1 413', 'HTTP/1.1 200']);
      });

      it('answers 415 before 413', async () => {
        expect((await post('/note', 'a'.repeat(limit + 1), { 'Content-Type': 'text/plain' })).status).to.equal(415);
      });
    });

    it('neither hangs nor logs when the client goes away in mid-body', async () => {
      const head = 'POST /note HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"te';
      const socket = connect(port, '127.0.0.1');
      socket.write(head, () => setTimeout(() => socket.resetAndDestroy(), 20));
      await once(socket, 'close');
      await delay(50);
      expect((await post('/note', '{"text":"a"}')).status).to.equal(200);
      expect(logger.lines).to.deep.equal([]);
    });

    describe('a login', () => {
      it('takes a form', async () => {
        const { answer } = await post('/login', 'text=a+b%C3%A9%26&more=100%', form);
        expect(answer.body).to.deep.equal({ text: 'a bé&', more: '100%' });
      });

      it('takes JSON too', async () => {
        expect((await post('/login', '{"text":"a"}')).answer.body).to.deep.equal({ text: 'a' });
      });

      it('takes empty values, and names without one', async () => {
        expect((await post('/login', 'text=&&more', form)).answer.body).to.deep.equal({ text: '', more: '' });
      });

      it('answers 422 to a field given twice, and tells which', async () => {
        const { status, answer } = await post('/login', 'text=a&text=hunter2', form);
        expect(status).to.equal(422);
        expect(answer.errors).to.deep.equal([{ field: 'text', messages: ['text must be given once'] }]);
      });

      it('leaves unknown fields unread, given twice or named like a prototype', async () => {
        const { answer } = await post('/login', 'text=a&x=1&x=2&__proto__=1&__proto__=2&constructor=3', form);
        expect(answer).to.deep.equal({ route: 'login', body: { text: 'a' } });
      });

      it('answers MALFORMED_BODY to escapes that are not UTF-8', async () => {
        expect((await post('/login', 'text=%FF', form)).answer.code).to.equal('MALFORMED_BODY');
      });
    });

    describe('a route that is off', () => {
      it('is 404 whatever the body', async () => {
        off.add('note');
        for (const [body, headers] of [
          ['{"text":"a"}', json],
          ['{', json],
          ['a', { 'Content-Type': 'text/plain' }],
          ['a'.repeat(limit + 1), json],
        ] as const) {
          const { status, answer } = await post('/note', body, headers);
          expect(status).to.equal(404);
          expect(answer.code).to.equal('NOT_FOUND');
        }
      });
    });

    it('leaves the stream of a route without a body alone', async () => {
      expect((await post('/raw', 'a'.repeat(200_000), { 'Content-Type': 'video/mp4' })).answer).to.deep.equal({ size: 200_000 });
    });

    it('admits requests to routes of the app', async () => {
      expect((await post('/own', '{', json)).answer).to.deep.equal({ route: null });
    });

    it('is a 500 that tells the developer, where a route reads a body that it does not receive', async () => {
      expect((await post('/none', '{}')).status).to.equal(500);
      expect(JSON.stringify(logger.lines)).to.contain('has no @UseBefore(receive');
    });

    describe('behind a parser of the app', () => {
      it('takes the object that express.json() made, under the same rules', async () => {
        const { url: base } = await start(express.json({ limit: '1mb', strict: false }));
        expect((await post('/note', '{"text":"a"}', json, base)).answer.body).to.deep.equal({ text: 'a' });
        expect((await post('/nothing', null, {}, base)).answer.body).to.deep.equal({});
        expect((await post('/note', '[]', json, base)).status).to.equal(422);
        expect((await post('/note', 'null', json, base)).status).to.equal(422);
        expect((await post('/note', `{"text":${'['.repeat(40)}${']'.repeat(40)}}`, json, base)).status).to.equal(400);
        expect((await post('/note', `{"text":"${'a'.repeat(limit)}"}`, json, base)).status).to.equal(413);
        const zipped = new Uint8Array(gzipSync('{"text":"a"}'));
        expect((await post('/note', zipped, { ...json, 'Content-Encoding': 'gzip' }, base)).status).to.equal(415);
        expect((await post('/note', 'a', { 'Content-Type': 'text/plain' }, base)).status).to.equal(415);
        // Its own parser does not take forms, so the stream is still there.
        expect((await post('/login', 'text=a', form, base)).answer.body).to.deep.equal({ text: 'a' });
        const malformed = await post('/note', '{"text":"hunter2', json, base);
        expect(malformed.answer.code).to.equal('MALFORMED_BODY');
        expect(JSON.stringify([malformed, logger.lines])).not.to.contain('hunter2');
      });

      for (const extended of [true, false]) {
        it(`takes the form that express.urlencoded({ extended: ${extended} }) made`, async () => {
          const { url: base } = await start(express.urlencoded({ extended }));
          expect((await post('/login', 'text=a+b', form, base)).answer.body).to.deep.equal({ text: 'a b' });
          const twice = await post('/login', 'text=a&text=b', form, base);
          expect(twice.answer.errors).to.deep.equal([{ field: 'text', messages: ['text must be given once'] }]);
          expect((await post('/login', 'text[a]=b', form, base)).status).to.equal(422);
          expect((await post('/note', 'text=a', form, base)).status).to.equal(415);
        });
      }

      it('parses what express.text() and express.raw() left', async () => {
        for (const parser of [express.text({ type: '*/*', limit: '1mb' }), express.raw({ type: '*/*', limit: '1mb' })]) {
          const { url: base } = await start(parser);
          expect((await post('/note', '{"text":"é"}', json, base)).answer.body).to.deep.equal({ text: 'é' });
          expect((await post('/note', '{', json, base)).status).to.equal(400);
          expect((await post('/login', 'text=a&text=b', form, base)).status).to.equal(422);
          expect((await post('/note', `{"text":"${'a'.repeat(limit)}"}`, json, base)).status).to.equal(413);
          expect((await post('/nothing', null, {}, base)).answer.body).to.deep.equal({});
        }
      });

      it('takes the empty chunked body that they left for none', async () => {
        for (const parser of [express.json(), express.text({ type: () => true }), express.raw({ type: () => true })]) {
          const { port: own } = await start(parser);
          const empty = 'POST /nothing HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n';
          expect(await raw(own, [empty], '}')).to.contain('"body":{}');
        }
      });

      it('tells the developer where a middleware read the body and kept it', async () => {
        const { url: base } = await start((request, _response, next) => {
          request.on('data', () => {}).on('end', () => next());
        });
        expect((await post('/note', '{"text":"a"}', json, base)).status).to.equal(500);
        expect(JSON.stringify(logger.lines)).to.contain('did not put it into request.body');
      });
    });
  });
});
