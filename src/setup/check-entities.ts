import { DataSource, type EntityMetadata } from 'typeorm';
import { declaredFields } from '../http/index.js';
import { BaseUserWithoutId } from '../model/index.js';
import { BaseSession, type SessionClass } from '../sessions/index.js';
import { checkTables } from './check-tables.js';
import type { UsersOptions } from './users-options.js';

const TEXT_TYPES = new Set<unknown>([
  String,
  'varchar',
  'character varying',
  'varying character',
  'nvarchar',
  'national varchar',
  'char',
  'character',
  'nchar',
  'native character',
  'text',
  'tinytext',
  'mediumtext',
  'longtext',
  'citext',
  'clob',
]);

/** Looks at the DataSource and the entities. @returns the faults, each a sentence that says what to write */
export function checkEntities<U extends BaseUserWithoutId>({
  dataSource,
  user,
  loginFields = ['email'],
}: UsersOptions<U>): string[] {
  if (!isUserClass(user)) {
    return ['`user` must be your entity class, and it must extend BaseUser: @Entity() class User extends BaseUser { … }'];
  }
  if (!isDataSource(dataSource))
    return ['`dataSource` must be a DataSource of TypeORM: new DataSource({ …, entities: [...usersEntities(User)] })'];
  if (!dataSource.isInitialized)
    return ['the DataSource is not initialized: write `await dataSource.initialize()` before `setupUsers`'];
  if (!dataSource.hasMetadata(user)) {
    return [
      `${user.name} is no entity of the DataSource: decorate it with @Entity() and write entities: [...usersEntities(${user.name})]`,
    ];
  }
  if (findSessionEntity(dataSource, user) === undefined) {
    return [
      `the DataSource lacks the library's tables: write entities: [...usersEntities(${user.name})] in place of ${user.name}`,
    ];
  }
  const metadata = dataSource.getMetadata(user);
  if (metadata.primaryColumns.length !== 1 || metadata.primaryColumns[0]?.propertyName !== 'id') {
    return [`the primary key of ${user.name} must be the one column \`id\``];
  }
  return [...checkTables(dataSource), ...checkLoginFields(dataSource, user, loginFields)];
}

function checkLoginFields(dataSource: DataSource, user: Function, loginFields: readonly string[]): string[] {
  if (!Array.isArray(loginFields) || loginFields.length === 0)
    return ["`loginFields` must be a list of columns: ['email', 'userName']"];
  const metadata = dataSource.getMetadata(user);
  const unique = [...metadata.indices.filter(({ isUnique }) => isUnique), ...metadata.uniques];
  return loginFields.flatMap((field) => {
    if (!unique.some(({ columns }) => columns.length === 1 && columns[0]?.propertyName === field)) {
      return [
        `\`loginFields\` holds "${field}", which is no unique column of ${metadata.name}: decorate it with @Index({ unique: true })`,
      ];
    }
    const column = metadata.findColumnWithPropertyName(field);
    if (column === undefined || isText(column)) return [];
    return [
      `\`loginFields\` holds "${field}", and ${metadata.name} has no text there, which is what people type: @Column({ type: 'varchar', length: 50 })`,
    ];
  });
}

/** What is compared with a text as a text: PostgreSQL fails on a name that is no number, and MySQL takes '7 or so' for 7. */
function isText({ type, isArray }: EntityMetadata['columns'][number]): boolean {
  return !isArray && TEXT_TYPES.has(type);
}

/** Fields that a person sets at registration and that nobody else may have too, the address apart. */
export function uniqueRegistrationFields<U extends BaseUserWithoutId>({ dataSource, user, dtos }: UsersOptions<U>): string[] {
  if (
    typeof dtos?.create !== 'function' ||
    !isDataSource(dataSource) ||
    !dataSource.isInitialized ||
    !dataSource.hasMetadata(user)
  ) {
    return [];
  }
  const { indices, uniques } = dataSource.getMetadata(user);
  const unique = [...indices.filter(({ isUnique }) => isUnique), ...uniques].flatMap(({ columns }) => columns);
  const names = new Set(unique.map(({ propertyName }) => propertyName));
  return [...declaredFields(dtos.create)].filter((field) => field !== 'email' && names.has(field));
}

/** The session entity that was made for a user class, where the DataSource lists it. */
export function findSessionEntity(dataSource: DataSource, user: Function): SessionClass | undefined {
  const metadata = dataSource.entityMetadatas.find(
    ({ target, relations }) =>
      typeof target === 'function' &&
      target.prototype instanceof BaseSession &&
      relations.some(({ propertyName, type }) => propertyName === 'user' && type === user),
  );
  return metadata?.target as SessionClass | undefined;
}

function isUserClass(value: unknown): value is Function {
  return typeof value === 'function' && value.prototype instanceof BaseUserWithoutId;
}

/** By its form, since an app may have two copies of TypeORM's declarations. */
function isDataSource(value: unknown): value is DataSource {
  return value instanceof DataSource || (typeof value === 'object' && value !== null && 'entityMetadatas' in value);
}
