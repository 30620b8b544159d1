import { Transform } from 'class-transformer';
import { IsBoolean, IsInt, Max, Min } from 'class-validator';
import type { Request } from 'express';
import { readDto } from './dto.js';

/**
 * Gives the query of a request as a valid instance of its class. It is read from the address, as `request.query` is another in Express 4 and 5,
 * and an object where someone writes `a[b]=c`.
 * @throws ValidationError for fields that are missing, wrong or given twice; those that the class does not declare are unread
 */
export async function readQuery<T extends object>(dto: new () => T, request: Request): Promise<T> {
  const start = request.originalUrl.indexOf('?');
  const parameters = new URLSearchParams(start < 0 ? '' : request.originalUrl.slice(start));
  const fields: Record<string, string> = Object.create(null);
  const repeated = new Set<string>();
  for (const [name, value] of parameters) {
    if (name in fields) repeated.add(name);
    fields[name] = value;
  }
  return readDto(dto, fields, { repeated });
}

/** Declares a whole number in a query, written in decimal digits alone: no sign, no exponent, no space. */
export function QueryInteger(min: number, max: number): PropertyDecorator {
  const rule = { message: `$property must be a whole number from ${min} to ${max}` };
  return all(
    Transform(({ value }) => (typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value), {
      toClassOnly: true,
    }),
    IsInt(rule),
    Min(min, rule),
    Max(max, rule),
  );
}

/** Declares a switch in a query, written `true` or `false`. */
export function QueryBoolean(): PropertyDecorator {
  const words: Record<string, boolean | undefined> = { true: true, false: false };
  return all(
    Transform(({ value }) => (typeof value === 'string' && Object.hasOwn(words, value) ? words[value] : value), {
      toClassOnly: true,
    }),
    IsBoolean({ message: '$property must be true or false' }),
  );
}

function all(...decorators: readonly PropertyDecorator[]): PropertyDecorator {
  return (target, property) => {
    for (const decorate of decorators) decorate(target, property);
  };
}
