import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validate } from 'class-validator';
import { ValidationError } from './http.errors.js';
import { pickOwnFields, unstorableFields } from './own-fields.js';
import { sentName } from './sent-names.js';
import type { FieldError } from './users-error.js';
import { toFieldErrors } from './validation-messages.js';

export interface ReadOptions {
  /** A field that is absent is not checked and not in the result, its class' default neither; null is checked. @defaultValue false */
  partial?: boolean;
  /** The only fields that are read. @defaultValue all that the class declares */
  only?: readonly string[];
  /** Fields that are not read, whatever they hold. @defaultValue none */
  never?: readonly string[];
  /** Fields that were given twice, which is an error where the class declares them. @defaultValue none */
  repeated?: ReadonlySet<string>;
}

/**
 * Gives an instance of a class of fields, made of outside data and valid. A field is declared by a decorator of class-validator on the class or
 * a base of it (`@Allow()` where there is no rule): nothing else is read, so a property without a rule is no way in.
 * A client sends it by the name that class-transformer's `@Expose({ name })` gives it. Only own keys are copied, at every depth, and none that
 * leads to a prototype. The result has no key whose value is undefined.
 * @param input - an object from outside, by the names of {@link sentName}; it is not changed
 * @throws {@link ValidationError} with all faults at once, none of which repeats a value
 */
export async function readDto<T extends object>(
  dto: new () => T,
  input: Record<string, unknown>,
  options: ReadOptions = {},
): Promise<T> {
  const names = readableFields(dto, options);
  const isSent = (property: string) => sentName(dto, property) in fields;
  const fields = pickOwnFields(input, new Set([...names].map((property) => sentName(dto, property))));
  const faults = faultsOfForm(fields, options.repeated);
  const instance = toInstance(dto, fields, faults);
  for (const name of Object.keys(instance)) {
    const isGiven = isSent(name) || !options.partial;
    if (!isGiven || !names.has(name) || Reflect.get(instance, name) === undefined) Reflect.deleteProperty(instance, name);
  }
  const errors = await validate(instance, {
    forbidUnknownValues: true,
    whitelist: true,
    validationError: { target: true, value: false },
  });
  const checked = options.partial ? errors.filter(({ property }) => isSent(property)) : errors;
  for (const error of toFieldErrors(checked, (property) => fields[sentName(dto, property)])) {
    if (!faults.has(error.field)) faults.set(error.field, error);
  }
  if (faults.size > 0) throw new ValidationError([...faults.values()]);
  return instance;
}

/** The properties that a class declares, by its own decorators of class-validator and those of its bases. */
export function declaredFields(dto: new () => object): Set<string> {
  const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  return new Set(rules.map((rule) => rule.propertyName));
}

function readableFields(dto: new () => object, { only, never = [] }: ReadOptions): Set<string> {
  const names = declaredFields(dto);
  for (const name of names) {
    if (never.includes(name) || (only !== undefined && !only.includes(name))) names.delete(name);
  }
  return names;
}

function faultsOfForm(fields: Record<string, unknown>, repeated: ReadonlySet<string> = new Set()): Map<string, FieldError> {
  const faults = new Map<string, FieldError>();
  for (const field of unstorableFields(fields)) {
    faults.set(field, { field, messages: [`${field} has characters that cannot be stored`] });
  }
  for (const field of repeated) {
    if (field in fields) faults.set(field, { field, messages: [`${field} must be given once`] });
  }
  return faults;
}

/**
 * Converts by the class' `@Type` and `@Transform`. These are written for good values: `Number({ toString: 1 })` and `value.trim()` of a number throw.
 * What throws is found by trying the fields one at a time, and is a fault of that field.
 */
function toInstance<T extends object>(dto: new () => T, fields: Record<string, unknown>, faults: Map<string, FieldError>): T {
  try {
    return plainToInstance(dto, fields);
  } catch (error) {
    const good: Record<string, unknown> = Object.create(null);
    for (const [field, value] of Object.entries(fields)) {
      if (converts(dto, field, value)) good[field] = value;
      else faults.set(field, { field, messages: [`${field} is not valid`] });
    }
    if (Object.keys(good).length === Object.keys(fields).length) throw error;
    return plainToInstance(dto, good);
  }
}

function converts(dto: new () => object, field: string, value: unknown): boolean {
  try {
    plainToInstance(dto, { [field]: value });
    return true;
  } catch {
    return false;
  }
}
