import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import type { EntityMetadata } from 'typeorm';
import { type JsonSchema, nestedClass, sentName } from '../http/index.js';
import type { BaseUserWithoutId } from '../model/index.js';
import { type ShownField, shownFields, type UsersContext } from '../users/index.js';
import { requirePackage } from './optional-package.js';

type Schemas = Record<string, JsonSchema>;

/** The part of class-validator-jsonschema that is needed. */
interface JsonSchemaPackage {
  targetConstructorToSchema(target: Function, options: object): JsonSchema;
  validationMetadatasToSchemas(options: object): Schemas;
}

const POINTER = '#/components/schemas/';

/** Rules of the library's own, as JSON schema. */
const CONVERTERS = {
  isEmailAddress: { type: 'string', format: 'email', maxLength: 254 },
  conditionalValidation: {},
};

const USER_FIELDS: Schemas = {
  email: { type: 'string', format: 'email' },
  pendingEmail: { type: ['string', 'null'], format: 'email', description: 'A new address that waits for its confirmation.' },
  isActive: { type: 'boolean' },
  isSuperuser: { type: 'boolean' },
  isVerified: { type: 'boolean' },
  hasPassword: { type: 'boolean' },
  createdAt: { type: 'string', format: 'date-time' },
};

const MOST_SECRET = new Set(['password', 'currentPassword']);

/** Makes JSON schemas of classes with class-validator's decorators, by class-validator-jsonschema. */
export class ClassSchemas {
  private readonly schemas: JsonSchemaPackage;
  private readonly options = {
    refPointerPrefix: POINTER,
    additionalConverters: CONVERTERS,
    classTransformerMetadataStorage: defaultMetadataStorage,
  };

  constructor() {
    this.schemas = requirePackage('class-validator-jsonschema') as JsonSchemaPackage;
  }

  /** The schema of a class; a field with `@IsOptional()` takes null too, as class-validator lets it. */
  of(target: Function): JsonSchema {
    return modern(this.schemas.targetConstructorToSchema(target, this.options));
  }

  /** Those of all classes that are declared, by their names, for the app's own controllers. */
  all(): Schemas {
    const all = this.schemas.validationMetadatasToSchemas(this.options);
    return Object.fromEntries(Object.entries(all).map(([name, schema]) => [name, modern(schema)]));
  }
}

/** The bodies and the answer that hold the app's own fields. */
export function userSchemas<U extends BaseUserWithoutId>(context: UsersContext<U>, schemas: ClassSchemas): Schemas {
  const { fields, table } = context;
  const nullable = fields.storedNames.filter((name) => isNullable(name, table.metadata));
  const body = (dto: Function, never: readonly string[] = []) => {
    const sent = (names: readonly string[]) => names.map((name) => sentName(dto, name));
    return clearable(without(schemas.of(dto), sent(never)), new Set(sent(nullable)));
  };
  const bodies = {
    UserCreate: body(fields.create, fields.ownReading.never),
    UserUpdate: optional(body(fields.update, fields.ownReading.never)),
    SuperuserUserCreate: optional(body(fields.createBySuperuser, fields.superuserReading.never), ['email']),
    SuperuserUserUpdate: optional(body(fields.updateBySuperuser, fields.superuserReading.never)),
  };
  const fieldOf = (dto: Function, name: string) => properties(schemas.of(dto))[sentName(dto, name)];
  const stored = new Set(fields.storedNames);
  const shown = shownFields(table.entity, fields.storedNames);
  const [settable, exposed] = [
    shown.filter(({ property }) => stored.has(property)),
    shown.filter(({ property }) => !stored.has(property)),
  ];
  const always = settable.filter(({ property }) => table.metadata.findColumnWithPropertyName(property)?.isNullable === false);
  const user = {
    type: 'object',
    properties: {
      ...schemasOf(exposed, (property) => declaredType(table.entity, property)),
      id: idSchema(context),
      ...USER_FIELDS,
      ...schemasOf(settable, (property) =>
        (nullable.includes(property) ? orNull : notNull)(
          fieldOf(fields.create, property) ?? fieldOf(fields.update, property) ?? {},
        ),
      ),
    },
    required: ['id', ...Object.keys(USER_FIELDS), ...always.map(({ name }) => name)],
  };
  return { ...embeddedSchemas([fields.create, fields.update], table.metadata.embeddeds, schemas), ...bodies, User: user };
}

/** The classes of embedded objects, by their names: a body and the answer have the same. */
function embeddedSchemas(dtos: readonly Function[], embeddeds: EntityMetadata['embeddeds'], schemas: ClassSchemas): Schemas {
  const all = embeddeds.flatMap(({ propertyName, columns, embeddeds: inner }) => {
    const declared = dtos.map((dto) => nestedClass(dto, propertyName)).filter((dto) => dto !== undefined);
    const nullable = columns.filter((column) => column.isNullable).map((column) => column.propertyName);
    const own = declared.map((dto) => {
      const sent = new Set(nullable.map((name) => sentName(dto, name)));
      return [dto.name, clearable(schemas.of(dto), sent)] as const;
    });
    return [...own, ...Object.entries(embeddedSchemas(declared, inner, schemas))];
  });
  return Object.fromEntries(all);
}

/** The id of a user, in a body and in a path. */
export function idSchema<U extends BaseUserWithoutId>({ table }: UsersContext<U>): JsonSchema {
  if (table.ids.kind === 'integer') return { type: 'integer' };
  return { type: 'string', ...(table.ids.kind === 'uuid' ? { format: 'uuid' } : {}) };
}

function schemasOf(fields: readonly ShownField[], schemaOf: (property: string) => JsonSchema): Schemas {
  return Object.fromEntries(fields.map(({ property, name }) => [name, schemaOf(property)]));
}

/** The type that a field has in the entity's declaration. */
function declaredType(entity: Function, name: string): JsonSchema {
  const type: unknown = Reflect.getMetadata('design:type', entity.prototype, name);
  if (type === Date) return { type: 'string', format: 'date-time' };
  const named = [String, Number, Boolean].find((one) => one === type);
  return named === undefined ? {} : { type: named.name.toLowerCase() };
}

function isNullable(name: string, metadata: EntityMetadata): boolean {
  return metadata.findColumnWithPropertyName(name)?.isNullable === true;
}

/** A field that need not be sent, and whose column may be empty, is emptied by null. */
function clearable(schema: JsonSchema, nullable: ReadonlySet<string>): JsonSchema {
  const required = requiredOf(schema);
  const fields = Object.entries(properties(schema)).map(([name, field]): [string, JsonSchema] => [
    name,
    nullable.has(name) && !required.includes(name) ? orNull(field) : field,
  ]);
  return { ...schema, properties: Object.fromEntries(fields) };
}

function orNull(schema: JsonSchema): JsonSchema {
  const { type, enum: values } = schema;
  // A date of two forms, or an object of a class, has no type of its own; what has nothing at all may be null as it is.
  if (type === undefined) return Object.keys(schema).length === 0 ? schema : { anyOf: [schema, { type: 'null' }] };
  return {
    ...schema,
    type: [...new Set([type, 'null'].flat())],
    ...(Array.isArray(values) ? { enum: [...new Set([...values, null])] } : {}),
  };
}

function notNull(schema: JsonSchema): JsonSchema {
  if (!Array.isArray(schema.type)) return schema;
  const types = schema.type.filter((type) => type !== 'null');
  return { ...schema, type: types.length === 1 ? types[0] : types };
}

function without(schema: JsonSchema, names: readonly string[] = []): JsonSchema {
  const kept = Object.fromEntries(Object.entries(properties(schema)).filter(([name]) => !names.includes(name)));
  const required = requiredOf(schema).filter((name) => name in kept);
  const { required: _required, ...rest } = schema;
  return { ...rest, properties: markSecrets(kept), ...(required.length > 0 ? { required } : {}) };
}

/** Nothing has to be sent, but what is named. */
function optional(schema: JsonSchema, required: readonly string[] = []): JsonSchema {
  const { required: _required, ...rest } = schema;
  return required.length > 0 ? { ...rest, required } : rest;
}

function markSecrets(fields: Schemas): Schemas {
  return Object.fromEntries(
    Object.entries(fields).map(([name, schema]) => [
      name,
      MOST_SECRET.has(name) ? { ...schema, format: 'password', writeOnly: true } : schema,
    ]),
  );
}

function properties(schema: JsonSchema): Schemas {
  return typeof schema.properties === 'object' && schema.properties !== null ? { ...(schema.properties as Schemas) } : {};
}

function requiredOf(schema: JsonSchema): string[] {
  return Array.isArray(schema.required) ? schema.required.map(String) : [];
}

/** class-validator-jsonschema writes the schemas of OpenAPI 3.0; in 3.1 they are JSON Schema, where `nullable` is a type. */
function modern(schema: JsonSchema): JsonSchema {
  return transform(schema) as JsonSchema;
}

function transform(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(transform);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, part]): [string, unknown] => [key, transform(part)]);
  const { nullable, exclusiveMinimum, exclusiveMaximum, ...schema } = Object.fromEntries(entries);
  if (nullable === true && typeof schema.type === 'string') schema.type = [schema.type, 'null'];
  if (typeof exclusiveMinimum === 'number') schema.exclusiveMinimum = exclusiveMinimum;
  if (typeof exclusiveMaximum === 'number') schema.exclusiveMaximum = exclusiveMaximum;
  return schema;
}
