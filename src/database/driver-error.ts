import { QueryFailedError } from 'typeorm';

/** What the drivers tell, each in its own way. */
export interface DriverError {
  code?: unknown;
  message?: unknown;
  column?: unknown;
  constraint?: unknown;
  detail?: unknown;
  syscall?: unknown;
}

/** The driver's own error, out of TypeORM's around it. */
export function driverError(error: Error): DriverError {
  return error instanceof QueryFailedError ? error.driverError : error;
}
