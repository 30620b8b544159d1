import type { NextFunction, Request, Response } from 'express';
import { describeError } from '../runtime/describe-error.js';
import type { Logger } from '../runtime/logger.js';
import { toUsersError } from './foreign-errors.js';
import { InternalError } from './http.errors.js';
import { PROBLEM_TYPE, writeAnswer } from './json-answer.js';
import type { UsersError } from './users-error.js';

/** What the answer that failed may have said of the body that now does not come. */
const headersOfTheOtherBody = [
  'Content-Disposition',
  'Content-Encoding',
  'Content-Language',
  'Content-Range',
  'ETag',
  'Last-Modified',
];

/** Sets the headers that belong to an error, and `Cache-Control: no-store`. The status is left alone. */
export function applyProblemHeaders(response: Response, error: UsersError): void {
  for (const [name, value] of Object.entries(error.headers)) {
    response.setHeader(name, value);
  }
  response.setHeader('Cache-Control', 'no-store');
}

/**
 * Answers with an error as `application/problem+json`, in one write. The connection stays open.
 * Where an answer has begun already it cannot be taken back: a half one is cut off, so that the client does not take it for whole.
 */
export function sendProblem(response: Response, error: UsersError): void {
  if (response.headersSent) {
    if (!response.writableEnded) response.destroy();
    return;
  }
  for (const name of headersOfTheOtherBody) response.removeHeader(name);
  applyProblemHeaders(response, error);
  writeAnswer(response, error.status, PROBLEM_TYPE, JSON.stringify(error));
}

/** Whether an error is the server's own, with more to it than the client is told. */
export function isForTheLog(problem: UsersError): boolean {
  return problem.status >= 500 && (problem instanceof InternalError || problem.cause !== undefined);
}

/**
 * Makes the error handler of the library, for Express 4 and 5: every error is answered as a problem, and what became a 500, or
 * has a cause that the client is not told (a database that is down), is logged, without query, body or values.
 * @param translate - makes an error of the library of a driver's, for actions of the app's own
 */
export function createProblemHandler(
  logger: Logger,
  translate: (error: unknown) => unknown = (error) => error,
): (error: unknown, request: Request, response: Response, next: NextFunction) => void {
  // Express tells an error handler by its four parameters.
  return (error, request, response, _next) => {
    const problem = toUsersError(translate(error));
    sendProblem(response, problem);
    if (isForTheLog(problem)) {
      logger.error(`${request.method} ${pathOf(request)} failed`, describeError(error));
    }
  };
}

/** Never with the query: a link's token may stand there. */
function pathOf(request: Request): string {
  return request.originalUrl.split('?', 1)[0] ?? '';
}
