import { type EntityMetadata, QueryFailedError } from 'typeorm';
import { ServiceUnavailableError } from '../http/http.errors.js';

/** What the drivers tell, each in its own way. */
interface DriverError {
  code?: unknown;
  errno?: unknown;
  message?: unknown;
  constraint?: unknown;
}

const UNIQUE_CODES = new Set<unknown>(['23505', 'ER_DUP_ENTRY', 'SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY']);

/** The value does not fit its column: too long, out of range, or of a form that the type does not take. */
const UNFIT_CODES = new Set<unknown>([
  'ER_DATA_TOO_LONG',
  'ER_WARN_DATA_OUT_OF_RANGE',
  'ER_TRUNCATED_WRONG_VALUE',
  'ER_TRUNCATED_WRONG_VALUE_FOR_FIELD',
  'ER_BAD_NULL_ERROR',
  '23502',
  '23514',
  'ER_CHECK_CONSTRAINT_VIOLATED',
  'ER_CONSTRAINT_FAILED',
  'SQLITE_CONSTRAINT_NOTNULL',
  'SQLITE_CONSTRAINT_CHECK',
]);

const CONSTRAINT_CODES = /^(?:23[0-9A-Z]{3}|SQLITE_CONSTRAINT_[A-Z]+|ER_NO_REFERENCED_ROW(?:_2)?)$/;

/** The server is gone, restarts, refuses further connections, or gave up waiting for a lock. */
const UNAVAILABLE_CODES = new Set<unknown>([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'ER_CON_COUNT_ERROR',
  'ER_SERVER_SHUTDOWN',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_LOCK_DEADLOCK',
  'ER_QUERY_INTERRUPTED',
  'ER_CONNECTION_KILLED',
  'SQLITE_BUSY',
  'SQLITE_LOCKED',
  'SQLITE_FULL',
  'SQLITE_CANTOPEN',
  'SQLITE_READONLY',
  'SQLITE_IOERR',
  '40001',
  '40P01',
  '53300',
  '55P03',
  '57014',
  '57P01',
  '57P02',
  '57P03',
]);
const UNAVAILABLE_MESSAGES =
  /connection terminated|connection is closed|closed state|timeout (?:exceeded )?when trying to connect|database connection is not open|pool is closed|not queryable|driver not connected|server closed the connection|data ?source is not (?:set|initialized)|connection is not established/i;

function driverError(error: unknown): DriverError | null {
  if (error instanceof QueryFailedError) return error.driverError as DriverError;
  return typeof error === 'object' && error !== null ? (error as DriverError) : null;
}

/**
 * The properties of the unique index that refused a row, or null where the error is another.
 * Empty where the driver names none, or an index that the metadata does not know.
 */
export function violatedProperties(error: unknown, metadata: EntityMetadata): string[] | null {
  if (!(error instanceof QueryFailedError)) return null;
  const cause = driverError(error);
  if (cause === null || !UNIQUE_CODES.has(cause.code)) return null;
  const message = typeof cause.message === 'string' ? cause.message : '';
  const named = [...metadata.indices.filter((index) => index.isUnique), ...metadata.uniques].find(
    (index) => index.name !== undefined && (cause.constraint === index.name || message.endsWith(`${index.name}'`)),
  );
  if (named !== undefined) return named.columns.map((column) => column.propertyName);
  const columns = /UNIQUE constraint failed: (.+)$/.exec(message)?.[1]?.split(', ') ?? [];
  const names = columns.map((column) => column.slice(column.lastIndexOf('.') + 1));
  return metadata.columns.filter((column) => names.includes(column.databaseName)).map((column) => column.propertyName);
}

/** Whether a value did not fit its column, which is the caller's fault and no failure of the database. */
export function isUnfitValue(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const code = driverError(error)?.code;
  return UNFIT_CODES.has(code) || (typeof code === 'string' && /^22[0-9A-Z]{3}$/.test(code));
}

/** Whether a constraint of the table refused the row: a unique index, a foreign key, a check or a NOT NULL. */
export function isConstraintViolation(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const code = driverError(error)?.code;
  return UNIQUE_CODES.has(code) || (typeof code === 'string' && CONSTRAINT_CODES.test(code));
}

export function isUnavailable(error: unknown): boolean {
  const cause = driverError(error);
  if (cause === null) return false;
  const { code, message } = cause;
  if (typeof code === 'string' && (UNAVAILABLE_CODES.has(code) || /^(?:08|SQLITE_(?:BUSY|IOERR|CANTOPEN|READONLY)_)/.test(code)))
    return true;
  return typeof message === 'string' && UNAVAILABLE_MESSAGES.test(message);
}

/** Turns a database that cannot be reached into a 503; any other error stays what it is. */
export function asServiceError(error: unknown): unknown {
  return isUnavailable(error) ? new ServiceUnavailableError(5, { cause: error }) : error;
}
