import type { Request } from 'express';
import { isRecord } from '../runtime/records.js';
import { receivedBody, receivedRoute } from './body.js';
import { type ReadOptions, readDto } from './dto.js';
import { NotFoundError, ValidationError } from './http.errors.js';

/** Reads the bodies of the library's routes, once `receive` has taken them in. */
export class Bodies {
  /** @param isRouteOn - whether the app has a route of the library on */
  constructor(private readonly isRouteOn: (route: string) => boolean) {}

  /**
   * Lets a request pass whose route is on and whose body could be read, before anything else is asked.
   * @throws {@link NotFoundError} where the route is off, whatever the body
   * @throws MalformedBodyError, PayloadTooLargeError, UnsupportedMediaTypeError as {@link receivedBody}
   */
  admit(request: Request): void {
    const route = receivedRoute(request);
    if (route !== undefined && !this.isRouteOn(route)) throw new NotFoundError();
    // What was wrong with it is thrown there.
    receivedBody(request);
  }

  /** Whether the body was written as a form, where the route takes one. @throws as {@link Bodies.admit} */
  isForm(request: Request): boolean {
    this.admit(request);
    return receivedBody(request)?.syntax === 'form';
  }

  /**
   * Gives the body as a valid instance of its class; no body counts as an empty object.
   * @throws {@link ValidationError} for a body that is no object and for fields that are missing, wrong or given twice
   * @throws as {@link Bodies.admit}
   */
  async read<T extends object>(dto: new () => T, request: Request, options: Omit<ReadOptions, 'repeated'> = {}): Promise<T> {
    this.admit(request);
    const body = receivedBody(request);
    if (body === undefined) throw new Error(`The route that reads ${dto.name} has no @UseBefore(receive(…)) that takes a body.`);
    if (!isRecord(body.value)) throw new ValidationError([{ field: 'body', messages: ['body must be a JSON object'] }]);
    return readDto(dto, body.value, { ...options, repeated: body.repeated });
  }
}
