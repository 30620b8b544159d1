import type { EntityMetadata } from 'typeorm';

export type ColumnMetadata = EntityMetadata['columns'][number];

/** A value that its field does not take; the message goes behind the field's name and repeats nothing of it. */
export class Unfit {
  constructor(readonly message: string) {}
}

/** Makes of a cell of CSV, or of a value of JSON, what the entity holds. */
export type ReadValue = (value: unknown) => unknown;

const INTEGER_TYPES = /^(?:(?:tiny|small|medium|big)?int\d?|integer)$/;
const DECIMAL_TYPES = /^(?:decimal|numeric|dec|fixed|money|smallmoney)$/;
const NUMBER_TYPES = /^(?:float\d?|double(?: precision)?|real|number)$/;
const TIME_TYPES = /^(?:datetime|timestamp|timestamptz)\b/;
const TEXT_TYPES = /^(?:n?var|n)?char|text$|^(?:citext|enum|simple-enum|uuid|date|time|string)\b/;
const JSON_TYPES = new Set<unknown>(['json', 'jsonb', 'simple-json', 'simple-array']);

const BOOLEANS: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  ...[true, 1, 'true', 't', 'yes', 'y', '1'].map((value) => [value, true] as const),
  ...[false, 0, 'false', 'f', 'no', 'n', '0'].map((value) => [value, false] as const),
]);

/** `2026-12-31`, or with a time, behind a T or a space as databases write it, and with `Z`, `+01`, `+01:00` or `+0100`. */
const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?) ?(Z|UTC|[+-]\d\d(?::?\d\d)?)?)?$/;
/** A time in seconds is never as large, one in milliseconds is so since 1973. */
const LEAST_MILLISECONDS = 100_000_000_000;

/** The reader of a column of the app's own. What has a transformer is the app's affair. */
export function readerOf(column: ColumnMetadata): ReadValue {
  const read = readerOfType(column);
  return (value) => {
    if (value !== null) return read(value);
    return column.isNullable ? null : new Unfit('must not be null');
  };
}

function readerOfType(column: ColumnMetadata): ReadValue {
  if (column.transformer !== undefined || column.isArray) return column.isArray ? readJson : (value) => value;
  const type = column.type;
  const name = typeof type === 'string' ? type : '';
  if (JSON_TYPES.has(type)) return readJson;
  if (type === Boolean || name === 'boolean' || name === 'bool') return readBoolean;
  if (type === Number || INTEGER_TYPES.test(name)) return readInteger;
  if (NUMBER_TYPES.test(name)) return readNumber;
  if (DECIMAL_TYPES.test(name)) return readDecimal;
  if (type === Date || TIME_TYPES.test(name)) return readTime;
  if (type === String || TEXT_TYPES.test(name)) return textReader(column);
  return (value) => value;
}

export function readBoolean(value: unknown): unknown {
  const known = BOOLEANS.get(typeof value === 'string' ? value.toLowerCase() : value);
  return known ?? new Unfit('must be true or false');
}

/** A `Date`, of ISO 8601 or of seconds or milliseconds since 1970. A time without a zone is UTC. */
export function readTime(value: unknown): unknown {
  const time = typeof value === 'string' && !/^\d+$/.test(value) ? dateOf(value) : sinceEpoch(Number(value));
  return time !== null && !Number.isNaN(time.getTime()) ? time : new Unfit('must be a time such as 2026-12-31T23:59:59Z');
}

function dateOf(text: string): Date | null {
  const [, day, time = '00:00', zone = 'Z'] = TIME.exec(text.trim()) ?? [];
  if (day === undefined) return null;
  const offset =
    zone === 'UTC' ? 'Z' : zone.replace(/^([+-]\d\d):?(\d\d)?$/, (_, hours, minutes = '00') => `${hours}:${minutes}`);
  const date = new Date(`${day}T${time}${offset}`);
  // `2026-02-31` would be the third of March.
  return new Date(`${day}T00:00Z`).toJSON()?.startsWith(day) === true ? date : null;
}

function sinceEpoch(number: number): Date | null {
  if (!Number.isSafeInteger(number) || number < 0) return null;
  return new Date(number < LEAST_MILLISECONDS ? number * 1000 : number);
}

/** Past 2^53 it stays the text that it is, as TypeORM has it for `bigint`. */
function readInteger(value: unknown): unknown {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !/^-?\d{1,19}$/.test(text)) return new Unfit('must be a whole number');
  return Number.isSafeInteger(Number(text)) ? Number(text) : text;
}

function readNumber(value: unknown): unknown {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : new Unfit('must be a number');
}

/** Stays text, so that no digit gets lost. */
function readDecimal(value: unknown): unknown {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && /^-?\d+(?:\.\d+)?$/.test(text) ? text : new Unfit('must be a decimal number');
}

/** In CSV it is JSON as a text. */
function readJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return new Unfit('must be JSON');
  }
}

function textReader({ length, enum: choices }: ColumnMetadata): ReadValue {
  const most = /^\d+$/.test(length) ? Number(length) : Number.POSITIVE_INFINITY;
  const known = choices === undefined ? null : new Set<unknown>(choices);
  return (value) => {
    if (typeof value !== 'string') return new Unfit('must be a text');
    if (known !== null && !known.has(value)) return new Unfit('is none of the values that it may have');
    // SQLite alone would take more.
    if (value.length > most && [...value].length > most) return new Unfit(`has more than ${most} characters`);
    return value;
  };
}
