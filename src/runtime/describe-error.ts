/** What a log may hold of an error. */
export interface ErrorDescription {
  name: string;
  message: string;
  /** The code that Node, a driver or the library gave it, such as `ECONNREFUSED` or `23505`. */
  code?: string;
  /** Where it was thrown: the frames alone, since V8's stack begins with the message. */
  stack?: string;
  cause?: ErrorDescription;
  /** The parts of an `AggregateError`, such as the tries to reach one host at several addresses; at most five. */
  errors?: ErrorDescription[];
}

const longestMessage = 2000;
/** A JWT or its beginning, and an opaque token by its prefix: a mail server that refuses a mail cites the link in it. */
const tokens = /\beyJ[\w-]{8,}(?:\.[\w-]*)*|\brcu_[a-z]{2}_[\w-]+/g;
const deepestCause = 5;
const mostParts = 5;

/**
 * Gives what a log may hold of an error that was caught: name, message, code, frames, and its causes. Nothing else is read, for errors carry what
 * must not be logged: body-parser's the body (`error.body`), TypeORM's the SQL and its parameters (password hashes), Redis' the command's arguments.
 * A driver's own message holds values (`Key (email)=(…) already exists`), so it is kept only for codes whose message names tables and columns alone.
 * Tokens are taken out of every message.
 * @param error - whatever was thrown, also what is no `Error`
 */
export function describeError(error: unknown): ErrorDescription {
  return describe(error, deepestCause);
}

function describe(error: unknown, depth: number): ErrorDescription {
  if (!(error instanceof Error)) {
    return { name: 'NonError', message: typeof error === 'string' ? cut(error) : `A value of type ${typeof error} was thrown.` };
  }
  const code = codeOf(error);
  const stack = framesOf(error);
  const goesOn = depth > 0;
  return {
    name: error.name,
    message: cut(safeMessage(error, code)),
    ...(code === undefined ? {} : { code }),
    ...(stack === undefined ? {} : { stack }),
    ...(goesOn && error.cause !== undefined ? { cause: describe(error.cause, depth - 1) } : {}),
    ...(goesOn && error instanceof AggregateError
      ? { errors: error.errors.slice(0, mostParts).map((part) => describe(part, depth - 1)) }
      : {}),
  };
}

function safeMessage(error: Error, code: string | undefined): string {
  if (isDatabaseError(error)) {
    return hasMessageWithoutValues(error, code) ? error.message : `The database refused a query${namesIn(error)}.`;
  }
  // V8 repeats the text that it could not parse: `Unexpected token 'h', "hunter2" is not valid JSON`.
  if (error instanceof SyntaxError && (error.message.includes('JSON') || 'body' in error)) {
    return 'A text is not valid JSON.';
  }
  return error.message;
}

/** TypeORM's `QueryFailedError`, or what the drivers of SQLite, PostgreSQL and MySQL throw themselves. */
function isDatabaseError(error: Error): boolean {
  return (
    'driverError' in error ||
    'sqlMessage' in error ||
    ('severity' in error && 'routine' in error) ||
    (error.name === 'SqliteError' && 'code' in error)
  );
}

/** Classes of SQLSTATE (PostgreSQL) whose messages name roles, tables and limits: connection, access, deadlock, syntax, resources, shutdown. */
const safeSqlStates = /^(?:08|28|3D|3F|40|42|53|55|57|58|XX)[0-9A-Z]{3}$/;

/** MySQL and MariaDB: no such table or column, access denied, lock time-out, deadlock, too many connections, read-only. */
const safeMySqlCodes = new Set([1040, 1044, 1045, 1049, 1054, 1146, 1203, 1205, 1213, 1226, 1290, 1836]);

function hasMessageWithoutValues(error: Error, code: string | undefined): boolean {
  // SQLite's messages name columns and never a bound value.
  if (code?.startsWith('SQLITE_')) return true;
  if (code !== undefined && safeSqlStates.test(code)) return true;
  const number = own(error, 'errno');
  return 'sqlMessage' in error && typeof number === 'number' && safeMySqlCodes.has(number);
}

/** What a driver tells of the schema beside its message: names that the developer wrote. */
function namesIn(error: Error): string {
  const names = ['table', 'column', 'constraint'].flatMap((kind) => {
    const name = own(error, kind);
    return typeof name === 'string' && name !== '' ? [`${kind} ${name}`] : [];
  });
  return names.length === 0 ? '' : ` (${names.join(', ')})`;
}

function codeOf(error: Error): string | undefined {
  const code = own(error, 'code') ?? own(own(error, 'driverError'), 'code');
  return typeof code === 'string' || typeof code === 'number' ? cut(String(code)) : undefined;
}

function framesOf(error: Error): string | undefined {
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return frames === undefined || frames.length === 0 ? undefined : frames.join('\n');
}

function own(holder: unknown, key: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, key) : undefined;
}

/** First the tokens go, so that none is cut to a half that is not known for one. */
function cut(text: string): string {
  const safe = text.replace(tokens, '[token]');
  return safe.length > longestMessage ? `${safe.slice(0, longestMessage)}…` : safe;
}
