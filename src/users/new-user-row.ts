import type { EntityManager } from 'typeorm';
import { emptyColumn, isUnfitValue, violatedProperties } from '../database/index.js';
import { ValidationError } from '../http/index.js';
import { type BaseUserWithoutId, normalizeEmail, type UserId } from '../model/index.js';
import { RegisterUserAlreadyExistsError } from './user.errors.js';
import type { UserFields } from './user-fields.js';
import type { UsersContext } from './users-context.js';

const KINDS_OF_IDS = { uuid: 'a UUID', integer: 'a positive whole number', text: 'a text' } as const;

/** What a user is made of. */
export interface UserValues {
  email: string;
  isActive?: boolean;
  isSuperuser?: boolean;
  isVerified?: boolean;
  /** Fields of the app's own. */
  [field: string]: unknown;
}

/** A user who comes from another system, with the hash that this system made. */
export interface ImportedUser extends UserValues {
  /** Of a form that one of the `hashers` recognizes; renewed at the first login. Null or none for a user without a password. */
  hashedPassword?: string | null;
  createdAt?: Date;
  /** The id that the user had. @defaultValue a new one */
  id?: UserId;
}

/** The columns of a user that is about to be stored; `email` is in its one form. */
export interface NewUserRow extends Record<string, unknown> {
  email: string;
}

/** What the row has beside what the user is made of. */
export interface GivenColumns {
  hashedPassword: string | null;
  id?: UserId | undefined;
  securityStamp?: string | undefined;
}

/** Makes the row of a new user. @throws {@link ValidationError} for an address or a null that cannot be stored */
export function newUserRow<U extends BaseUserWithoutId>(
  context: UsersContext<U>,
  dto: UserValues,
  { hashedPassword, id, securityStamp }: GivenColumns,
): NewUserRow {
  const { table, fields, clock, uuids } = context;
  return {
    ...fields.storable(dto),
    ...(id !== undefined ? { id } : table.ids.areMadeHere ? { id: uuids.next() } : {}),
    email: requireEmail(dto.email),
    hashedPassword,
    hasPassword: hashedPassword !== null,
    isActive: dto.isActive ?? true,
    isSuperuser: dto.isSuperuser ?? false,
    isVerified: dto.isVerified ?? false,
    securityStamp: securityStamp ?? context.newStamp(),
    createdAt: dto.createdAt instanceof Date ? dto.createdAt : clock.now(),
  };
}

/** The row of a user of another system, who brings hash and id along. @throws {@link ValidationError} for an id of another kind, too */
export function importedUserRow<U extends BaseUserWithoutId>(
  context: UsersContext<U>,
  { hashedPassword = null, id, ...dto }: ImportedUser,
  securityStamp?: string,
): NewUserRow {
  const parsed = id === undefined ? undefined : context.table.ids.parse(String(id));
  if (parsed === null)
    throw new ValidationError([{ field: 'id', messages: [`id must be ${KINDS_OF_IDS[context.table.ids.kind]}`] }]);
  return newUserRow(context, dto, { hashedPassword, id: parsed, securityStamp });
}

/**
 * Why the database refused a row. The unique index decides whether the address is free. Of several that are taken a driver tells one: the
 * address is told first.
 * @param within - a transaction that goes on
 */
export async function refusalOf<U extends BaseUserWithoutId>(
  { table, fields }: UsersContext<U>,
  error: unknown,
  { email, id }: NewUserRow,
  within?: EntityManager,
): Promise<unknown> {
  const properties = violatedProperties(error, table.metadata);
  if (properties === null) return asFieldError(fields, error, null);
  if (properties.includes('email') || (await table.find({ email }, within)) !== null) return new RegisterUserAlreadyExistsError();
  if (properties.length > 0) return asFieldError(fields, error, properties);
  // MySQL does not name the primary key.
  const isIdTaken = id !== undefined && (await table.find({ id }, within)) !== null;
  return asFieldError(fields, error, isIdTaken ? ['id'] : []);
}

/** An address in its one form. Bodies are validated before; code may pass anything. */
export function requireEmail(email: unknown): string {
  const normalized = normalizeEmail(email);
  if (normalized === null) throw new ValidationError([{ field: 'email', messages: ['email must be an e-mail address'] }]);
  return normalized;
}

/** What the database says of the app's own columns, as errors of their fields. */
export function asFieldError<U extends BaseUserWithoutId>(
  fields: UserFields<U>,
  error: unknown,
  properties: readonly string[] | null,
): unknown {
  if (properties?.length === 0) return new ValidationError([{ field: 'body', messages: ['a value is taken'] }]);
  if (properties !== null) return fields.fault(properties, 'is taken');
  const empty = emptyColumn(error);
  if (empty !== null) return fields.missing(empty) ?? error;
  if (isUnfitValue(error)) return new ValidationError([{ field: 'body', messages: ['a value does not fit its column'] }]);
  return error;
}
