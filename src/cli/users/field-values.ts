import { declaredFields } from '../../http/index.js';
import type { BaseUserWithoutId } from '../../model/index.js';
import { closestName } from '../../runtime/closest-name.js';
import type { UsersContext } from '../../users/index.js';
import { CommandFailure, EXIT_CODES } from '../failures.js';
import { plainText } from '../plain-text.js';
import { type ColumnMetadata, readerOf, Unfit } from '../value-readers.js';

/**
 * Reads `--set name=value`: the app's own fields of a user, those that no body may set included. A value is converted as its column
 * takes it, by the rules of an import.
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
  const value = column === undefined ? text : readerOf(column)(text);
  if (value instanceof Unfit) throw wrong(`${plainText(name)} ${value.message}`);
  return value;
}

function wrong(message: string): CommandFailure {
  return new CommandFailure(message, EXIT_CODES.usage);
}
