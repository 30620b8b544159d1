import type { Request } from 'express';

/** Something that is noted of requests, for whoever has the note. No log and no copy of a request shows it. */
export interface RequestNote<T> {
  /** @returns undefined where nothing was noted of the request */
  get(request: Request): T | undefined;
  set(request: Request, value: T | undefined): void;
}

/**
 * Makes a note that is kept in a private field of each request. A `WeakMap` would say the same and cost some percent of the requests a second:
 * when V8 tidies the young objects up it takes all that an old `WeakMap` holds for alive, and learns from it to make such objects in
 * the old generation at once.
 */
export function requestNote<T>(): RequestNote<T> {
  // Each evaluation of a class has private names of its own: no note sees another's.
  return class Note extends Returned {
    #value: T | undefined;

    static get(request: Request): T | undefined {
      return #value in request ? request.#value : undefined;
    }

    static set(request: Request, value: T | undefined): void {
      const note = #value in request ? request : new Note(request);
      note.#value = value;
    }
  };
}

/** Its subclasses put their private fields on the object that it is given. */
class Returned {
  constructor(given: object) {
    // biome-ignore lint/correctness/noConstructorReturn: the fields of a subclass go to what the constructor returns
    return given;
  }
}
