import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import type { EntityMetadata } from 'typeorm';
import type { JsonSchema } from '../http/index.js';
import type { BaseUserWithoutId } from '../model/index.js';
import type { UsersContext } from '../users/index.js';
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
export function userSchemas<U extends BaseUserWithoutId>({ fields, table }: UsersContext<U>, schemas: ClassSchemas): Schemas {
  const create = schemas.of(fields.create);
  const bodies = {
    UserCreate: without(create, fields.ownReading.never),
    UserUpdate: optional(without(schemas.of(fields.update), fields.ownReading.never)),
    SuperuserUserCreate: optional(without(schemas.of(fields.createBySuperuser), fields.superuserReading.never), ['email']),
    SuperuserUserUpdate: optional(without(schemas.of(fields.updateBySuperuser), fields.superuserReading.never)),
  };
  const id: JsonSchema =
    table.ids.kind === 'integer'
      ? { type: 'integer' }
      : { type: 'string', ...(table.ids.kind === 'uuid' ? { format: 'uuid' } : {}) };
  const own = properties(create);
  const shown = fields.storedNames.map((name): [string, JsonSchema] => [name, asShown(own[name] ?? {}, name, table.metadata)]);
  const always = fields.storedNames.filter((name) => table.metadata.findColumnWithPropertyName(name)?.isNullable === false);
  const user = {
    type: 'object',
    properties: { id, ...USER_FIELDS, ...Object.fromEntries(shown) },
    required: ['id', ...Object.keys(USER_FIELDS), ...always],
  };
  return { ...bodies, User: user };
}

function asShown(schema: JsonSchema, name: string, metadata: EntityMetadata): JsonSchema {
  const isNullable = metadata.findColumnWithPropertyName(name)?.isNullable === true;
  const { type } = schema;
  if (type === undefined) return schema;
  const types = [type].flat().filter((one) => one !== 'null');
  const shownTypes = isNullable ? [...types, 'null'] : types;
  return { ...schema, type: shownTypes.length === 1 ? (shownTypes[0] ?? 'string') : shownTypes };
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
