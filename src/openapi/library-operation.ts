import type { DescribedContent, JsonSchema, RouteDescription } from '../http/index.js';
import { type ErrorTraits, errorResponses } from './error-responses.js';
import type { MountedAction } from './mounted-actions.js';
import type { ClassSchemas } from './schemas.js';

/** A list of which one has to be given, as OpenAPI writes it; none at all where anybody may call. */
export type Security = readonly Record<string, readonly string[]>[];

/** The Operation Object of a route of the library. */
export function libraryOperation(
  action: MountedAction,
  description: RouteDescription,
  { schemas, security, traits }: { schemas: ClassSchemas; security: Security; traits: ErrorTraits },
): Record<string, unknown> {
  const { body, query, form } = description;
  const parameters = [...pathParameters(action), ...(query === undefined ? [] : queryParameters(schemas.of(query)))];
  return {
    operationId: description.operationId,
    summary: description.summary,
    tags: [description.tag],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: requestBody(contentSchema(body, schemas), form === true) } : {}),
    responses: { ...successResponses(description, schemas), ...errorResponses(action, description, traits) },
    security: action.roles === null ? [] : security,
  };
}

/** `/users/:id` as OpenAPI writes it: `/users/{id}`. */
export function openApiPath(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}');
}

function pathParameters({ path }: MountedAction): object[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
}

function queryParameters({ properties }: JsonSchema): object[] {
  return Object.entries(properties ?? {}).map(([name, schema]) => ({ name, in: 'query', required: false, schema }));
}

function requestBody(schema: JsonSchema, isForm: boolean): object {
  return {
    required: true,
    content: { 'application/json': { schema }, ...(isForm ? { 'application/x-www-form-urlencoded': { schema } } : {}) },
  };
}

function successResponses({ answers }: RouteDescription, schemas: ClassSchemas): Record<string, object> {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { description, content }]) => [
      status,
      { description, ...(content ? { content: { 'application/json': { schema: contentSchema(content, schemas) } } } : {}) },
    ]),
  );
}

function contentSchema(content: Exclude<DescribedContent, null>, schemas: ClassSchemas): JsonSchema {
  if (typeof content === 'string') return { $ref: `#/components/schemas/${content}` };
  return typeof content === 'function' ? schemas.of(content) : content;
}
