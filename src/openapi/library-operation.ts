import type { DescribedAnswers, DescribedApp, DescribedContent, JsonSchema, RouteDescription } from '../http/index.js';
import type { Components } from './components.js';
import type { ErrorResponses } from './error-responses.js';
import type { MountedAction } from './mounted-actions.js';
import type { ClassSchemas } from './schemas.js';

/** A list of which one has to be given, as OpenAPI writes it; none at all where anybody may call. */
export type Security = readonly Record<string, readonly string[]>[];

/** What the operations of a document are made with. */
export interface OperationParts {
  app: DescribedApp;
  schemas: ClassSchemas;
  components: Components;
  errors: ErrorResponses;
  security: Security;
  userId: JsonSchema;
}

/** The Operation Object of a route of the library. */
export function libraryOperation(
  action: MountedAction,
  description: RouteDescription,
  parts: OperationParts,
): Record<string, unknown> {
  const { body, form, answers } = description;
  const parameters = [...pathParameters(action, description, parts), ...queryParameters(description, parts)];
  return {
    operationId: description.operationId,
    summary: description.summary,
    tags: [description.tag],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: requestBody(body, form, parts) } : {}),
    responses: {
      ...successResponses(typeof answers === 'function' ? answers(parts.app) : answers, parts),
      ...parts.errors.of(action, description),
    },
    security: action.roles === null ? [] : parts.security,
  };
}

/** `/users/:id` as OpenAPI writes it: `/users/{id}`. */
export function openApiPath(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}');
}

function pathParameters({ path }: MountedAction, { ofUser }: RouteDescription, { userId }: OperationParts): object[] {
  const text = { type: 'string' };
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: ofUser === true && name === 'id' ? userId : text,
  }));
}

function queryParameters({ query, repeatedQuery = [] }: RouteDescription, { schemas }: OperationParts): object[] {
  const single = query === undefined ? [] : Object.entries(schemas.of(query).properties ?? {});
  const repeated = repeatedQuery.map((name) => [name, { type: 'array', items: { type: 'string' } }] as const);
  return [...single, ...repeated].map(([name, schema]) => ({ name, in: 'query', required: false, schema }));
}

/** No body is an empty object, which will do where no field has to be sent. A change of nothing is no use, and most likely a mistake. */
function requestBody(body: Exclude<DescribedContent, null>, form: RouteDescription['form'], parts: OperationParts): object {
  const schema = contentSchema(body, parts);
  const formSchema = typeof form === 'function' ? contentSchema(form, parts) : schema;
  return {
    required: schema.$ref !== undefined || schema.required !== undefined,
    content: {
      'application/json': { schema },
      ...(form === undefined ? {} : { 'application/x-www-form-urlencoded': { schema: formSchema } }),
    },
  };
}

function successResponses(answers: DescribedAnswers, parts: OperationParts): Record<string, object> {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { description, content }]) => [
      status,
      { description, ...(content ? { content: { 'application/json': { schema: contentSchema(content, parts) } } } : {}) },
    ]),
  );
}

function contentSchema(content: Exclude<DescribedContent, null>, { schemas, components }: OperationParts): JsonSchema {
  if (typeof content === 'string') return { $ref: `#/components/schemas/${content}` };
  return typeof content === 'function' ? schemas.of(content) : components.schema(content);
}
