import { type EntityMetadata, QueryFailedError } from 'typeorm';
import { driverError } from './driver-error.js';

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

const EMPTY_CODES = new Set<unknown>(['23502', 'ER_BAD_NULL_ERROR', 'ER_NO_DEFAULT_FOR_FIELD', 'SQLITE_CONSTRAINT_NOTNULL']);

const FOREIGN_KEY_CODES = new Set<unknown>([
  '23503',
  'SQLITE_CONSTRAINT_FOREIGNKEY',
  'ER_NO_REFERENCED_ROW',
  'ER_NO_REFERENCED_ROW_2',
]);

const CONSTRAINT_CODES = /^(?:23[0-9A-Z]{3}|SQLITE_CONSTRAINT_[A-Z]+|ER_NO_REFERENCED_ROW(?:_2)?)$/;

/**
 * The properties of the unique index that refused a row, or null where the error is another.
 * Empty where the driver names no column, and no index that the metadata knows.
 */
export function violatedProperties(error: unknown, metadata: EntityMetadata): string[] | null {
  if (!(error instanceof QueryFailedError)) return null;
  const cause = driverError(error);
  if (!UNIQUE_CODES.has(cause.code)) return null;
  const message = typeof cause.message === 'string' ? cause.message : '';
  const named = [...metadata.indices.filter((index) => index.isUnique), ...metadata.uniques].find(
    (index) => index.name !== undefined && (cause.constraint === index.name || message.endsWith(`${index.name}'`)),
  );
  if (named !== undefined) return named.columns.map(nameOf);
  const names = /UNIQUE constraint failed: /.test(message) ? columnsOfSqlite(message) : columnsOfPostgres(cause.detail);
  return metadata.columns.filter((column) => names.includes(column.databaseName)).map(nameOf);
}

/** In an embedded object the path: an `email` there is not the user's. */
function nameOf({ embeddedMetadata, propertyName, propertyPath }: EntityMetadata['columns'][number]): string {
  return embeddedMetadata === undefined ? propertyName : propertyPath;
}

function columnsOfSqlite(message: string): string[] {
  const columns = /failed: (.+)$/.exec(message)?.[1]?.split(', ') ?? [];
  return columns.map((column) => column.slice(column.lastIndexOf('.') + 1));
}

/** `Key ("userName", email)=(ada, …) already exists.`, whose words are in the server's language. */
function columnsOfPostgres(detail: unknown): string[] {
  const columns = typeof detail === 'string' ? /\((.+?)\)=\(/.exec(detail)?.[1]?.split(', ') : undefined;
  return columns?.map((column) => column.replace(/^"|"$/g, '')) ?? [];
}

/** Whether a value did not fit its column, which is the caller's fault and no failure of the database. */
export function isUnfitValue(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const { code } = driverError(error);
  return UNFIT_CODES.has(code) || (typeof code === 'string' && /^22[0-9A-Z]{3}$/.test(code));
}

/** The column that has no value and takes no null, by its name in the table; null where the error is another. */
export function emptyColumn(error: unknown): string | null {
  if (!(error instanceof QueryFailedError)) return null;
  const { code, column, message } = driverError(error);
  if (!EMPTY_CODES.has(code) || typeof message !== 'string') return null;
  if (typeof column === 'string') return column;
  return columnsOfSqlite(message)[0] ?? /'([^']+)'/.exec(message)?.[1] ?? null;
}

/** Whether a row was refused whose foreign key names nothing: what it points at was deleted. */
export function isForeignKeyViolation(error: unknown): boolean {
  return error instanceof QueryFailedError && FOREIGN_KEY_CODES.has(driverError(error).code);
}

/** Whether a constraint of the table refused the row: a unique index, a foreign key, a check or a NOT NULL. */
export function isConstraintViolation(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const { code } = driverError(error);
  return UNIQUE_CODES.has(code) || (typeof code === 'string' && CONSTRAINT_CODES.test(code));
}
