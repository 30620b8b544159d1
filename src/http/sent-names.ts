import { TransformationType } from 'class-transformer';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';

/** The name by which a client sends a field of a class: the one of class-transformer's `@Expose({ name })`, else the property's own. */
export function sentName(dto: Function, property: string): string {
  const isExposed = defaultMetadataStorage.getExposedProperties(dto, TransformationType.PLAIN_TO_CLASS).includes(property);
  return (isExposed && defaultMetadataStorage.findExposeMetadata(dto, property)?.options?.name) || property;
}

/** The same of a path into nested objects: `address.street`. */
export function sentPath(dto: Function, path: string): string {
  const [property = '', ...rest] = path.split('.');
  const nested = rest.length > 0 ? nestedClass(dto, property) : undefined;
  const inner = nested === undefined ? rest.join('.') : sentPath(nested, rest.join('.'));
  return [sentName(dto, property), inner].filter(Boolean).join('.');
}

/** The class of a nested object, which class-transformer's `@Type()` tells. */
export function nestedClass(dto: Function, property: string): Function | undefined {
  return defaultMetadataStorage.findTypeMetadata(dto, property)?.typeFunction({ newObject: {}, object: {}, property });
}

/** What the app's code gives, which names properties, as a client would send it. */
export function asSent(dto: Function, values: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([property, value]) => [sentName(dto, property), value]));
}
