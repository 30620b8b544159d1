import { QueryFailedError, TypeORMError } from 'typeorm';
import { ServiceUnavailableError } from '../http/http.errors.js';
import { type DriverError, driverError } from './driver-error.js';

/** What the database breaks off for the sake of another's: a deadlock, or rows that changed since they were seen. MariaDB's own is the last. */
const BROKEN_OFF_CODES = new Set<unknown>(['40001', '40P01', 'ER_LOCK_DEADLOCK', 'ER_CHECKREAD']);

/** The server is gone, restarts, refuses further connections or writes, or gave up waiting for a lock. */
const UNAVAILABLE_CODES = new Set<unknown>([
  ...BROKEN_OFF_CODES,
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'ER_CON_COUNT_ERROR',
  'ER_TOO_MANY_USER_CONNECTIONS',
  'ER_USER_LIMIT_REACHED',
  'ER_SERVER_SHUTDOWN',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_QUERY_INTERRUPTED',
  'ER_CONNECTION_KILLED',
  // The primary became a replica.
  'ER_OPTION_PREVENTS_STATEMENT',
  'SQLITE_BUSY',
  'SQLITE_LOCKED',
  'SQLITE_FULL',
  'SQLITE_CANTOPEN',
  'SQLITE_READONLY',
  'SQLITE_IOERR',
  '25006',
  '53300',
  '55P03',
  '57014',
  '57P01',
  '57P02',
  '57P03',
]);

/** The sentences of drivers and pools that give no code, from their beginning: an error of the app's may speak of a closed pool too. */
const UNAVAILABLE_MESSAGES = new RegExp(
  `^(?:${[
    'Connection terminated',
    'timeout exceeded when trying to connect',
    'timeout expired$',
    'Query read timeout$',
    'Cannot use a pool after calling end on the pool',
    'Client (?:was closed|has encountered a connection error) and is not queryable',
    'server closed the connection',
    'Pool is closed\\.$',
    "Can't add new command when connection is in closed state",
    'Connection is closed\\.$',
    'The database connection is not open$',
    'Driver not Connected$',
    'Cannot execute operation because connection is not yet established',
    'Connection (?:with \\S+ database )?is not established',
  ].join('|')})`,
);

/** The names of drivers' and pools' own errors. An HTTP client's has another, and its upstream is no database. */
const DRIVER_ERROR_NAMES = new Set(['Error', 'AggregateError', 'error', 'SqliteError']);

/** What TypeORM or a driver threw; null for an error of the app's, such as one that says which status it is. */
function databaseFailure(error: unknown): DriverError | null {
  if (error instanceof QueryFailedError || error instanceof TypeORMError) return driverError(error);
  // A connection that could not be made is told by the driver's own error.
  return error instanceof Error && DRIVER_ERROR_NAMES.has(error.name) && !('httpCode' in error) ? error : null;
}

function isUnavailable(error: unknown): boolean {
  const { code, message, syscall } = databaseFailure(error) ?? {};
  if (UNAVAILABLE_CODES.has(code)) return true;
  // A socket in the file system, whose server is gone.
  if (code === 'ENOENT' && syscall === 'connect') return true;
  if (typeof code === 'string' && /^(?:08|SQLITE_(?:BUSY|IOERR|CANTOPEN|READONLY)_)/.test(code)) return true;
  return typeof message === 'string' && UNAVAILABLE_MESSAGES.test(message);
}

/** Whether the work may be begun anew: nothing of it is there, and it was no fault of its own. */
export function isBrokenOff(error: unknown): boolean {
  const cause = error instanceof ServiceUnavailableError ? error.cause : error;
  return BROKEN_OFF_CODES.has(databaseFailure(cause)?.code);
}

/** Turns a database that cannot be reached into a 503; any other error stays what it is. */
export function asServiceError(error: unknown): unknown {
  return isUnavailable(error) ? new ServiceUnavailableError(5, { cause: error }) : error;
}
