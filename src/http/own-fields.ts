/** Names by which a copied value would reach the prototype of its object. No DTO, and nothing within one, can have them. */
const prototypeNames = new Set(['__proto__', 'constructor', 'prototype']);

/** The own fields of the input that have one of the names, copied so that no key, at any depth, is a way to a prototype. */
export function pickOwnFields(input: Record<string, unknown>, names: ReadonlySet<string>): Record<string, unknown> {
  const fields: Record<string, unknown> = Object.create(null);
  for (const name of names) {
    if (!prototypeNames.has(name) && Object.hasOwn(input, name) && input[name] !== undefined) {
      fields[name] = copyPlain(input[name]);
    }
  }
  return fields;
}

/** Dates, buffers and other instances, which come from the app's code and never from a body, are kept as they are. */
function copyPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyPlain);
  if (!isPlainObject(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const [name, part] of Object.entries(value)) {
    if (!prototypeNames.has(name)) copy[name] = copyPlain(part);
  }
  return copy;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** PostgreSQL stores no NUL in text, and UTF-8 has no form for half a surrogate pair. */
const unstorable = /[\0\p{Cs}]/u;
const halfCharacter = /\p{Cs}/u;

/** Passwords are hashed, not stored, so a NUL is a character as any other. Half a pair has no bytes to hash. */
const passwordFields = new Set(['password', 'currentPassword']);

/** Paths of all texts and keys that no database could store, such as `address.street`. */
export function unstorableFields(fields: Record<string, unknown>): string[] {
  return Object.entries(fields).flatMap(([name, value]) =>
    unstorablePaths(value, name, passwordFields.has(name) ? halfCharacter : unstorable),
  );
}

function unstorablePaths(value: unknown, path: string, pattern: RegExp): string[] {
  if (typeof value === 'string') return pattern.test(value) ? [path] : [];
  if (Array.isArray(value)) return value.flatMap((part, index) => unstorablePaths(part, `${path}.${index}`, pattern));
  if (!isPlainObject(value)) return [];
  return Object.entries(value).flatMap(([name, part]) =>
    // A bad key is told by its holder's path, as the answer could not be written with the key.
    pattern.test(name) ? [path] : unstorablePaths(part, `${path}.${name}`, pattern),
  );
}
