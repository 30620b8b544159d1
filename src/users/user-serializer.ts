import { instanceToPlain, TransformationType } from 'class-transformer';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { plainAnswer } from '../http/index.js';
import { type BaseUserWithoutId, SECRET_FIELDS, type UserTable } from '../model/index.js';
import type { UserFields } from './user-fields.js';

/** What is shown of every user, in this order. */
const SHOWN = ['id', 'email', 'pendingEmail', 'isActive', 'isSuperuser', 'isVerified', 'hasPassword', 'createdAt'] as const;

/** A user as a client sees it. */
export type PlainUser = Record<string, unknown>;

/**
 * Makes the plain object that a client gets: the usual fields, those that a body may set, and those that the entity marks with
 * class-transformer's `@Expose()`; never one that is marked with `@Exclude()`, and no column by being there alone.
 */
export class UserSerializer<U extends BaseUserWithoutId> {
  private readonly plainNames: readonly string[];
  /** Fields that class-transformer has to look at: getters, `@Transform`, `@Type`, another name. */
  private readonly transformedNames: readonly string[];

  constructor(
    private readonly table: UserTable<U>,
    fields: UserFields<U>,
  ) {
    const { entity } = table;
    const exposed = defaultMetadataStorage.getExposedMetadatas(entity).filter(({ options }) => options?.toClassOnly !== true);
    const excluded = new Set(
      defaultMetadataStorage
        .getExcludedMetadatas(entity)
        .filter(({ options }) => options?.toClassOnly !== true)
        .map(({ propertyName }) => propertyName),
    );
    const forbidden = new Set<string>([...SECRET_FIELDS, ...SHOWN, ...excluded]);
    const names = new Set([...fields.storedNames, ...exposed.map(({ propertyName }) => propertyName)]);
    for (const name of forbidden) names.delete(name);
    const isTransformed = (name: string) =>
      defaultMetadataStorage.findTypeMetadata(entity, name) !== undefined ||
      defaultMetadataStorage.findTransformMetadatas(entity, name, TransformationType.CLASS_TO_PLAIN).length > 0 ||
      exposed.some(({ propertyName, options }) => propertyName === name && options?.name !== undefined);
    this.plainNames = [...SHOWN, ...[...names].filter((name) => !isTransformed(name))];
    this.transformedNames = [...names].filter(isTransformed);
  }

  toPlain(user: U): PlainUser {
    const plain = plainAnswer<PlainUser>({});
    for (const name of this.plainNames) {
      const value: unknown = user[name as keyof U];
      if (value !== undefined) plain[name] = isStructure(value) ? instanceToPlain(value) : value;
    }
    return this.transformedNames.length === 0 ? plain : Object.assign(plain, this.transform(user));
  }

  /** class-transformer sees a copy with nothing on it but what it is to transform; whatever else it knows of is undefined then. */
  private transform(user: U): PlainUser {
    const copy: object = Object.create(this.table.entity.prototype);
    for (const name of this.transformedNames) {
      Object.defineProperty(copy, name, { value: Reflect.get(user, name), enumerable: true, configurable: true });
    }
    const hidden = new Set<string>([...SECRET_FIELDS, ...SHOWN]);
    const shown = Object.entries(instanceToPlain(copy)).filter(([name, value]) => value !== undefined && !hidden.has(name));
    return Object.fromEntries(shown);
  }
}

/** Whether there may be an instance in the value whose class hides some of its fields. */
function isStructure(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !(value instanceof Date);
}
