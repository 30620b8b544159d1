import { TransformationType } from 'class-transformer';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { SECRET_FIELDS } from '../model/index.js';

/** What is shown of every user, in this order. */
export const USUAL_FIELDS = [
  'id',
  'email',
  'pendingEmail',
  'isActive',
  'isSuperuser',
  'isVerified',
  'hasPassword',
  'createdAt',
] as const;

const OF_THE_LIBRARY = new Set<string>([...USUAL_FIELDS, ...SECRET_FIELDS]);

/** A field of the app's own that answers show, and the name that it has there. */
export interface ShownField {
  property: string;
  name: string;
}

/**
 * What is shown of an entity beside the library's own fields: what a body may set and what has class-transformer's `@Expose()`, never what
 * has `@Exclude()`. A class with `@Exclude()` shows what it exposes and nothing else. No groups are asked for and no version, so that a
 * field exposed to groups is shown to nobody, and `since` and `until` decide nothing: as `instanceToPlain(user)` does.
 * @param storedNames - fields that a body may set and that the table has
 */
export function shownFields(entity: Function, storedNames: readonly string[]): ShownField[] {
  const storage = defaultMetadataStorage;
  const exposed = storage.getExposedProperties(entity, TransformationType.CLASS_TO_PLAIN);
  const excluded = storage.getExcludedProperties(entity, TransformationType.CLASS_TO_PLAIN);
  const unmarked = storage.getStrategy(entity) === 'excludeAll' ? [] : storedNames;
  const fields: ShownField[] = [];
  for (const property of new Set([...unmarked, ...exposed])) {
    const { name, groups = [] } = storage.findExposeMetadata(entity, property)?.options ?? {};
    const field = { property, name: name ?? property };
    const isOwn = !OF_THE_LIBRARY.has(property) && !OF_THE_LIBRARY.has(field.name);
    if (isOwn && groups.length === 0 && !excluded.includes(property)) fields.push(field);
  }
  return fields;
}
