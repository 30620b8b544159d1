import type { NextFunction, Request, Response } from 'express';
import { type BodySyntax, mayHaveBody, type ParsedBody, parseBytes, parsedAlready, parseText, syntaxOf } from './body-syntax.js';
import { MalformedBodyError, PayloadTooLargeError } from './http.errors.js';
import { answerJson } from './json-answer.js';
import { requestNote } from './request-note.js';

/** What a route takes: JSON, JSON or a form, or nothing, so that the stream is left alone. */
export type BodyKind = 'json' | 'login' | 'none';

/** The limit of a body in bytes. */
const largestBody = 100 * 1024;

interface Received {
  route: string;
  body?: ParsedBody | { error: unknown };
}

const received = requestNote<Received>();

interface Marks {
  /** How body-parser 1 and 2 mark a body as read. */
  _body?: boolean;
}

/**
 * Makes the middleware that every route of the library begins with, for `@UseBefore`. When it is done the request bears the name of its route and,
 * by `kind`, its body or what was wrong with it, and the answer is `Cache-Control: no-store`. It refuses nothing by itself:
 * a route that is turned off has to be a 404 before its body is a 415, and only the app's set-up, which a function does not know, can tell.
 * @param route - name of the route as in the option `routes`
 */
export function receive(route: string, kind: BodyKind): (request: Request, response: Response, next: NextFunction) => void {
  return (request, response, next) => {
    response.setHeader('Cache-Control', 'no-store');
    // Where a middleware of the app's has wrapped it, the app wants to see what is answered.
    if (!Object.hasOwn(response, 'json')) response.json = answerJson;
    const earlier = received.get(request)?.body;
    const mark: Received = earlier === undefined ? { route } : { route, body: earlier };
    received.set(request, mark);
    if (kind === 'none' || earlier !== undefined) {
      next();
      return;
    }
    void readBody(request, kind === 'login').then((body) => {
      mark.body = body;
      next();
    });
  };
}

/** The name of the library's route that serves the request; undefined on a route of the app's own. */
export function receivedRoute(request: Request): string | undefined {
  return received.get(request)?.route;
}

/**
 * The body as it was read; undefined where the route takes none or does not begin with {@link receive}.
 * @throws {@link MalformedBodyError}, {@link PayloadTooLargeError}, {@link UnsupportedMediaTypeError}: what was wrong with it
 */
export function receivedBody(request: Request): ParsedBody | undefined {
  const body = received.get(request)?.body;
  if (body !== undefined && 'error' in body) throw body.error;
  return body;
}

async function readBody(request: Request & Marks, forms: boolean): Promise<ParsedBody | { error: unknown }> {
  try {
    const { headers } = request;
    if (!mayHaveBody(headers)) return noBody();
    // A chunked body can be none: whether it has a type is asked once a byte has come.
    const isChunked = headers['content-length'] === undefined;
    const syntaxOfBody = () => syntaxOf(headers, forms);
    if (!isChunked) syntaxOfBody();
    if (Number(headers['content-length'] ?? 0) > largestBody) throw new PayloadTooLargeError();
    if (request.readableEnded && !request.readableDidRead) return noBody();
    if (isReadAlready(request)) return isNothing(request.body) ? noBody() : takeBody(request.body, syntaxOfBody());
    const bytes = await readBytes(request, syntaxOfBody);
    const body = bytes.length === 0 ? noBody() : parseBytes(bytes, syntaxOfBody());
    // For an action that an app overrides with routing-controllers' @Body(), whose parser would find the stream empty.
    request._body = true;
    request.body = body.value;
    return body;
  } catch (error) {
    return { error };
  }
}

function noBody(): ParsedBody {
  return { value: {}, syntax: 'json', repeated: new Set() };
}

/** What parsers make of an empty body. */
function isNothing(body: unknown): boolean {
  return body === '' || (body instanceof Uint8Array && body.byteLength === 0);
}

function isReadAlready(request: Request & Marks): boolean {
  return request._body === true || request.readableDidRead;
}

/** The body from an app-wide parser: an object from those of JSON and forms, a string or bytes from `express.text()` and `express.raw()`. */
function takeBody(body: unknown, syntax: BodySyntax): ParsedBody {
  if (body === undefined) {
    throw new Error(
      'A middleware read the body and did not put it into request.body. Mount it after the controllers, or put the body there.',
    );
  }
  if (typeof body === 'string') {
    return parseText(withinLimit(body, Buffer.byteLength(body)), syntax);
  }
  return body instanceof Uint8Array ? parseBytes(withinLimit(body, body.byteLength), syntax) : parsedAlready(body, syntax);
}

function withinLimit<T>(body: T, size: number): T {
  if (size > largestBody) throw new PayloadTooLargeError();
  return body;
}

/**
 * Reads the stream up to the limit. What comes after it is thrown away as it comes, so that the connection can go on; how long
 * that may take is up to the server's `requestTimeout`. A client that goes away has sent a malformed body.
 * @param admit - asked when the first byte has come; what it throws ends the reading
 */
function readBytes(request: Request, admit: () => void): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const onData = (chunk: Buffer | string): void => {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      if (size === 0 && bytes.length > 0) {
        try {
          admit();
        } catch (error) {
          settle(() => reject(error));
          return;
        }
      }
      size += bytes.length;
      chunks.push(bytes);
      if (size > largestBody) settle(() => reject(new PayloadTooLargeError()));
    };
    const onEnd = (): void => settle(() => resolve(Buffer.concat(chunks, size)));
    const onGone = (): void => settle(() => reject(new MalformedBodyError()));
    const settle = (tell: () => void): void => {
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone).resume();
      tell();
    };
    if (request.destroyed) return onGone();
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  });
}
