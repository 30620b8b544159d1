/**
 * Where the library tells what went wrong. `console` fits, and so do pino, winston and Nest's logger.
 * It is never handed a password, a token, a hash or a request's body.
 */
export interface Logger {
  info(message: string, ...details: unknown[]): void;
  warn(message: string, ...details: unknown[]): void;
  error(message: string, ...details: unknown[]): void;
}
