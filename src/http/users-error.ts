import { STATUS_CODES } from 'node:http';

/** A field of a body or a query that was refused, and why. It never holds the value. */
export interface FieldError {
  field: string;
  messages: string[];
}

/**
 * What a client sees of an error.
 * @see {@link https://www.rfc-editor.org/rfc/rfc9457 | RFC 9457}
 */
export interface ProblemDetails {
  type: 'about:blank';
  title: string;
  status: number;
  code: string;
  detail: string;
  reason?: string;
  errors?: FieldError[];
  [extension: string]: unknown;
}

/**
 * The base of all errors that a client may see. An app may throw its own from a hook or a controller.
 * It does not extend routing-controllers' `HttpError`, whose constructor resets the prototype, so that a subclass loses its methods.
 */
export abstract class UsersError extends Error {
  abstract readonly status: number;
  abstract readonly code: string;

  /** The name under which routing-controllers' default error handler looks for the status. */
  get httpCode(): number {
    return this.status;
  }

  override get name(): string {
    return this.constructor.name;
  }

  /** Headers that belong to the answer, such as `Retry-After`. */
  get headers(): Record<string, string> {
    return {};
  }

  /** Members beside the usual ones, such as `reason`. */
  protected get extensions(): Record<string, unknown> {
    return {};
  }

  toJSON(): ProblemDetails {
    return {
      type: 'about:blank',
      title: STATUS_CODES[this.status] ?? 'Error',
      status: this.status,
      code: this.code,
      detail: this.message,
      ...this.extensions,
    };
  }
}
