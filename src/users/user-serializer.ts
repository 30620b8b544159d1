import { instanceToPlain, TransformationType } from 'class-transformer';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { plainAnswer } from '../http/index.js';
import { type BaseUserWithoutId, SECRET_FIELDS, type UserTable } from '../model/index.js';
import { type ShownField, shownFields, USUAL_FIELDS } from './shown-fields.js';
import type { UserFields } from './user-fields.js';

/** A user as a client sees it. */
export type PlainUser = Record<string, unknown>;

/**
 * Makes the plain object that a client gets: the usual fields, and those of the app's own that {@link shownFields} names; no column by
 * being there alone.
 */
export class UserSerializer<U extends BaseUserWithoutId> {
  private readonly own: readonly ShownField[];
  private readonly plainNames: readonly string[];
  /** Fields that class-transformer has to look at: `@Transform`, `@Type`, another name. */
  private readonly transformed: readonly ShownField[];

  constructor({ entity }: UserTable<U>, fields: UserFields<U>) {
    this.own = shownFields(entity, fields.storedNames);
    const isTransformed = ({ property, name }: ShownField) =>
      name !== property ||
      defaultMetadataStorage.findTypeMetadata(entity, property) !== undefined ||
      defaultMetadataStorage.findTransformMetadatas(entity, property, TransformationType.CLASS_TO_PLAIN).length > 0;
    this.plainNames = [...USUAL_FIELDS, ...this.own.filter((field) => !isTransformed(field)).map(({ name }) => name)];
    this.transformed = this.own.filter(isTransformed);
  }

  toPlain(user: U): PlainUser {
    const plain = plainAnswer<PlainUser>({});
    for (const name of this.plainNames) {
      const value: unknown = user[name as keyof U];
      if (value !== undefined) plain[name] = isStructure(value) ? instanceToPlain(value) : value;
    }
    return this.transformed.length === 0 ? plain : Object.assign(plain, this.transform(user));
  }

  /** class-transformer sees a user without secrets, on which the shown fields are values: no getter runs on anything but the user. */
  private transform(user: U): PlainUser {
    const seen: object = Object.create(user);
    for (const name of SECRET_FIELDS) Object.defineProperty(seen, name, { value: undefined });
    for (const { property } of this.own) {
      Object.defineProperty(seen, property, { value: Reflect.get(user, property), enumerable: true });
    }
    const plain = instanceToPlain(seen);
    const shown = this.transformed.map(({ name }): [string, unknown] => [name, plain[name]]);
    return Object.fromEntries(shown.filter(([, value]) => value !== undefined));
  }
}

/** Whether there may be an instance in the value whose class hides some of its fields. */
function isStructure(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !(value instanceof Date);
}
