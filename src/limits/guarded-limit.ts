import type { NextFunction, Request, Response } from 'express';
import { requestNote } from '../http/index.js';
import type { LimitName } from './limit-names.js';

const due = requestNote<LimitName>();

/**
 * Makes the middleware of a guarded route that is limited by the client's address, for `@UseBefore`. It counts nothing by itself, for a function
 * does not know the app: the guard does, before it asks who the caller is.
 */
export function limitBeforeGuard(name: LimitName): (request: Request, response: Response, next: NextFunction) => void {
  return (request, _response, next) => {
    due.set(request, name);
    next();
  };
}

/** The limit that is still to be counted for a request, once. */
export function takeDueLimit(request: Request): LimitName | undefined {
  const name = due.get(request);
  if (name !== undefined) due.set(request, undefined);
  return name;
}
