import type { ValidationError as ClassValidatorError } from 'class-validator';
import { sentName } from './sent-names.js';
import type { FieldError } from './users-error.js';

/** More of them help nobody, and an array of 50,000 wrong items would make an answer of megabytes. */
const mostFieldErrors = 50;
const mostValues = 1000;

/**
 * Turns class-validator's tree of errors into the list that a client sees: `address.street`, `tags.0`.
 * @param errors - as `validate` gave them, with their targets, whose class tells how a client names a property
 * @param sent - gives what was sent for a property of the root; a message that repeats any part of it is replaced
 */
export function toFieldErrors(
  errors: readonly ClassValidatorError[],
  sent: (property: string, error: ClassValidatorError) => unknown,
): FieldError[] {
  const list: FieldError[] = [];
  for (const error of errors) {
    collect(error, nameOf(error), textsIn(sent(error.property, error)), list);
  }
  return list;
}

function collect(error: ClassValidatorError, field: string, values: readonly string[], list: FieldError[]): void {
  if (list.length >= mostFieldErrors) return;
  const messages = Object.values(error.constraints ?? {}).map((message) => renamed(message, error.property, nameOf(error)));
  if (messages.length > 0) {
    const safe = messages.map((message) => (tellsValue(message, field, values) ? `${field} is not valid` : message));
    list.push({ field, messages: [...new Set(safe)] });
  }
  for (const child of error.children ?? []) {
    collect(child, `${field}.${nameOf(child)}`, values, list);
  }
}

function nameOf({ target, property }: ClassValidatorError): string {
  const dto: unknown = target?.constructor;
  return typeof dto === 'function' ? sentName(dto, property) : property;
}

/** class-validator's own messages name the property. */
function renamed(message: string, property: string, name: string): string {
  if (name === property) return message;
  const words = message.split(/([\w$]+)/);
  const place = words.indexOf(property);
  return place < 0 ? message : [...words.slice(0, place), name, ...words.slice(place + 1)].join('');
}

/**
 * Whether a message repeats what was sent, as the app's own messages with `$value`, or functions of the value, do.
 * A short value counts where it stands alone, as it may well be part of a word.
 */
function tellsValue(message: string, field: string, values: readonly string[]): boolean {
  if (message.includes('$value')) return true;
  return values.some((value) => {
    if (field.includes(value) || !message.includes(value)) return false;
    return value.length > 3 || message.split(/[^\p{L}\p{N}]+/u).includes(value) || !/^[\p{L}\p{N}]+$/u.test(value);
  });
}

function textsIn(value: unknown, texts: string[] = []): string[] {
  if (texts.length >= mostValues) return texts;
  if (typeof value === 'string' || typeof value === 'number') {
    if (value !== '') texts.push(String(value));
  } else if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) textsIn(part, texts);
  }
  return texts;
}
