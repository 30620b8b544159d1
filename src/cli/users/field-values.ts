import type { EntityMetadata } from 'typeorm';
import { declaredFields } from '../../http/index.js';
import { closestName } from '../../limits/index.js';
import type { BaseUserWithoutId } from '../../model/index.js';
import type { UsersContext } from '../../users/index.js';
import { CommandFailure, EXIT_CODES } from '../failures.js';
import { plainText } from '../plain-text.js';

type ColumnMetadata = EntityMetadata['columns'][number];
type Convert = (text: string) => unknown;

const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, yes: true, false: false, no: false };
const NUMBER_TYPES = /^(?:int\d?|integer|smallint|mediumint|tinyint|float\d?|double(?: precision)?|real|number)$/;
const JSON_TYPES = new Set<unknown>(['json', 'jsonb', 'simple-json', 'simple-array']);
const TIME_TYPES = /^(?:date|datetime|timestamp|timestamptz)\b/;

/**
 * Reads `--set name=value`: the app's own fields of a user, those that no body may set included. A value is converted as its column
 * takes it: numbers, `true` and `false`, times, JSON; all else is text.
 * @throws {@link CommandFailure} for a name that is no field of the app's, or a value that does not fit
 */
export function readFields(context: UsersContext<BaseUserWithoutId>, settings: readonly string[]): Record<string, unknown> {
  const values: Record<string, unknown> = Object.create(null);
  for (const setting of settings) {
    const equals = setting.indexOf('=');
    if (equals < 1) throw wrong(`--set takes name=value, not ${plainText(setting)}`);
    const name = setting.slice(0, equals);
    requireField(context, name);
    values[name] = convert(name, setting.slice(equals + 1), context.table.metadata.findColumnWithPropertyName(name));
  }
  return values;
}

/** The library's own fields have options of their own, or none. */
function requireField({ fields, table }: UsersContext<BaseUserWithoutId>, name: string): void {
  const isStored = (field: string) => Object.hasOwn(fields.storable({ [field]: '' }), field);
  if (isStored(name)) return;
  const accepted = [...declaredFields(fields.create)].filter((field) => !table.metadata.findColumnWithPropertyName(field));
  if (accepted.includes(name)) return;
  const columns = table.metadata.columns.map(({ propertyName }) => propertyName).filter(isStored);
  const meant = closestName(name, [...columns, ...accepted]);
  throw wrong(
    `${plainText(name)} is no field of your ${table.metadata.name} that --set takes${meant === undefined ? '' : `: did you mean ${meant}?`}`,
  );
}

function convert(name: string, text: string, column: ColumnMetadata | undefined): unknown {
  const { told, read } = kindOf(column);
  const value = read(text);
  if (value === undefined) throw wrong(`${plainText(name)} must be ${told}`);
  return value;
}

function kindOf(column: ColumnMetadata | undefined): { told: string; read: Convert } {
  const type = column?.type;
  if (column?.isArray === true || JSON_TYPES.has(type)) return { told: 'JSON', read: readJson };
  if (type === Boolean || type === 'boolean' || type === 'bool') return { told: 'true or false', read: readBoolean };
  if (type === Number || NUMBER_TYPES.test(String(type))) return { told: 'a number', read: readNumber };
  if (type === Date || TIME_TYPES.test(String(type))) return { told: 'a time, such as 2026-12-31T23:59:59Z', read: readTime };
  return { told: 'a text', read: (text) => text };
}

function readBoolean(text: string): boolean | undefined {
  return Object.hasOwn(BOOLEANS, text) ? BOOLEANS[text] : undefined;
}

function readNumber(text: string): number | undefined {
  const value = Number(text);
  return text.trim() === '' || !Number.isFinite(value) ? undefined : value;
}

function readTime(text: string): Date | undefined {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function wrong(message: string): CommandFailure {
  return new CommandFailure(message, EXIT_CODES.usage);
}
