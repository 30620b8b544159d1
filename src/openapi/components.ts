import type { JsonSchema } from '../http/index.js';

/**
 * The parts of a document that have a name, which a generated client takes over. A name that the app has used already stays the app's:
 * what else would have it is written out where it is used.
 */
export class Components {
  readonly responses: Record<string, object> = {};

  constructor(readonly schemas: Record<string, JsonSchema>) {}

  /** The same schema, in which every part with a title is said by its name. */
  schema(schema: JsonSchema): JsonSchema {
    const { title, ...rest } = schema;
    const parts = Object.fromEntries(Object.entries(rest).map(([keyword, value]) => [keyword, this.part(value)]));
    return this.named('schemas', title, parts);
  }

  response(name: string, response: object): object {
    return this.named('responses', name, response);
  }

  private part(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.part(item));
    return typeof value === 'object' && value !== null ? this.schema(value as JsonSchema) : value;
  }

  private named<Part extends object>(kind: 'schemas' | 'responses', name: unknown, part: Part): Part | { $ref: string } {
    if (typeof name !== 'string') return part;
    const known: Record<string, object> = this[kind];
    known[name] ??= part;
    return JSON.stringify(known[name]) === JSON.stringify(part) ? { $ref: `#/components/${kind}/${name}` } : part;
  }
}
