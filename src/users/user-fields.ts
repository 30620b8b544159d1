import type { EntityMetadata } from 'typeorm';
import { declaredFields, type ReadOptions, sentPath, ValidationError } from '../http/index.js';
import { type BaseUserWithoutId, FLAG_FIELDS, MANAGED_FIELDS, type UserTable } from '../model/index.js';
import {
  superuserCreateDto,
  superuserUpdateDto,
  UserCreate,
  type UserCreateClass,
  type UserUpdateClass,
  updateDtoOf,
} from './user.dtos.js';

/** Fields that the flows handle by themselves, with rules of their own. */
const FLOW_FIELDS = ['email', 'password', 'currentPassword', ...FLAG_FIELDS] as const;

export interface UserDtos {
  /** Extends `UserCreate`. @defaultValue `UserCreate` */
  create?: UserCreateClass;
  /** Extends `UserUpdate`. @defaultValue the fields of `create`, each of which may be left out */
  update?: UserUpdateClass;
}

/** The fields of one app's users: which a body may hold, for whom, and which of them the table has. */
export class UserFields<U extends BaseUserWithoutId> {
  readonly create: UserCreateClass;
  readonly update: UserUpdateClass;
  readonly createBySuperuser: UserCreateClass;
  readonly updateBySuperuser: UserUpdateClass;
  /** What `bodies.read` takes, so that a field which the caller may not set stays unread whatever it holds. */
  readonly ownReading: ReadOptions;
  readonly superuserReading: ReadOptions;
  private readonly metadata: EntityMetadata;
  /** The app's own dtos. */
  private readonly written: readonly (UserCreateClass | UserUpdateClass)[];
  private readonly columns: ReadonlySet<string>;

  constructor(table: UserTable<U>, dtos: UserDtos) {
    this.metadata = table.metadata;
    this.written = [dtos.create, dtos.update].filter((dto) => dto !== undefined);
    this.create = dtos.create ?? UserCreate;
    this.update = dtos.update ?? updateDtoOf(this.create);
    this.createBySuperuser = superuserCreateDto(this.create);
    this.updateBySuperuser = superuserUpdateDto(this.update);
    const relations = table.metadata.relations.map((relation) => relation.propertyName);
    const managed = [...MANAGED_FIELDS, ...table.metadata.primaryColumns.map((column) => column.propertyName), ...relations];
    this.superuserReading = { never: managed };
    this.ownReading = { never: [...managed, ...FLAG_FIELDS] };
    const reserved = new Set<string>([...managed, ...FLOW_FIELDS]);
    const columns = table.metadata.columns.filter((column) => column.relationMetadata === undefined);
    // An embedded object is stored by the name of its property, its columns by their own path.
    this.columns = new Set(
      columns.map((column) => column.propertyPath.split('.', 1)[0] ?? '').filter((name) => !reserved.has(name)),
    );
  }

  /** Names of the app's fields that a body may hold and the table has: what is shown of a user beside the usual. */
  get storedNames(): string[] {
    const declared = new Set([...declaredFields(this.create), ...declaredFields(this.update)]);
    return [...declared].filter((name) => this.columns.has(name));
  }

  /** Names of all fields of the app's own that the table has, those that no body may hold included. */
  get ownNames(): string[] {
    return [...this.columns];
  }

  /** Fields of the dtos that the table has and no decorator of class-validator declares: whatever is sent for them stays unread. */
  get undeclared(): string[] {
    return this.written.flatMap((dto) => {
      const declared = declaredFields(dto);
      return Object.keys(new dto())
        .filter((name) => this.columns.has(name) && !declared.has(name))
        .map((name) => `${dto.name}.${name}`);
    });
  }

  /**
   * The app's fields of a body as columns. What the table has no column for (an accepted checkbox, say) is left to the hooks.
   * @throws {@link ValidationError} for a null where the column takes none
   */
  storable(body: object): Record<string, unknown> {
    const values = Object.entries(body)
      .filter(([name]) => this.columns.has(name))
      .map(([name, value]) => [name, this.sent(name, value)] as const)
      .filter(([, value]) => value !== undefined);
    const nulls = values.flatMap(([name, value]) => this.unfitNulls(name, value));
    if (nulls.length > 0) {
      throw this.fault(nulls, 'must not be null');
    }
    return Object.fromEntries(values);
  }

  /** The fault of a column that has no value, or null where no body may hold it: the app has to set it then, and no client can mend it. */
  missing(column: string): ValidationError | null {
    const path = this.metadata.findColumnWithDatabaseName(column)?.propertyPath;
    const [name = ''] = path?.split('.', 1) ?? [];
    return path !== undefined && this.storedNames.includes(name) ? this.fault([path], 'is missing') : null;
  }

  /** The same fault of several properties, or of paths into embedded objects, by the names by which clients send them. */
  fault(paths: readonly string[], message: string): ValidationError {
    const names = paths.map((path) => {
      const name = sentPath(this.create, path);
      return name === path ? sentPath(this.update, path) : name;
    });
    return new ValidationError(names.map((field) => ({ field, messages: [`${field} ${message}`] })));
  }

  /**
   * A value as it is stored: of an embedded object what was sent and has a column. TypeORM would write NULL for a field of it that is there
   * and undefined, as those of a dto are, and refuse one without a column.
   */
  private sent(path: string, value: unknown): unknown {
    if (!this.isEmbedded(path) || typeof value !== 'object' || value === null) return value;
    const parts = Object.entries(value)
      .filter(([name]) => this.isStored(`${path}.${name}`))
      .map(([name, part]) => [name, this.sent(`${path}.${name}`, part)] as const)
      .filter(([, part]) => part !== undefined);
    return parts.length === 0 ? undefined : Object.fromEntries(parts);
  }

  /** The paths of what is null and may not be. An embedded object is no column, and never null. */
  private unfitNulls(path: string, value: unknown): string[] {
    if (value === null) return this.columnAt(path)?.isNullable === true ? [] : [path];
    if (!this.isEmbedded(path) || typeof value !== 'object') return [];
    return Object.entries(value ?? {}).flatMap(([name, part]) => this.unfitNulls(`${path}.${name}`, part));
  }

  private isEmbedded(path: string): boolean {
    return this.metadata.findEmbeddedWithPropertyPath(path) !== undefined;
  }

  private isStored(path: string): boolean {
    return this.isEmbedded(path) || this.columnAt(path) !== undefined;
  }

  private columnAt(path: string): EntityMetadata['columns'][number] | undefined {
    return this.metadata.columns.find((column) => column.propertyPath === path && column.relationMetadata === undefined);
  }
}
