import * as z from 'zod';
import type { Contract, Operation } from './contract.ts';

export type OpenApiDocument = Readonly<Record<string, unknown>>;

/** Describes the API as it is reached under a base URL. */
export type DescribeApi = (baseUrl: string) => OpenApiDocument;

/** An OpenAPI 3.1 document of all contracts, made when it is first asked for. */
export function apiDescription(contracts: readonly Contract[]): DescribeApi {
  let paths: OpenApiDocument | undefined;
  return (baseUrl) => {
    paths ??= pathsOf(contracts);
    return { ...head, servers: [{ url: baseUrl }], paths, components };
  };
}

const head = {
  openapi: '3.1.0',
  info: {
    title: 'Longrun',
    version: '1',
    description: 'Runs of agents, in every dialect. Errors have the form of the dialect.',
  },
  security: [{ bearer: [] }, { apiKey: [] }],
};

const components = {
  securitySchemes: {
    bearer: { type: 'http', scheme: 'bearer' },
    apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
  },
};

function pathsOf(contracts: readonly Contract[]): OpenApiDocument {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, operation] of contracts.flatMap((contract) => Object.entries(contract))) {
    const { path, method } = operation;
    paths[path] = { ...paths[path], [method.toLowerCase()]: describe(name, operation) };
  }
  return paths;
}

const describe = (name: string, operation: Operation) => ({
  // Dialects share names, but no path.
  operationId: `${operation.method.toLowerCase()}${operation.path.replace(/[^A-Za-z0-9]+/g, '_')}`,
  summary: name.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`),
  ...(operation.open ? { security: [] } : {}),
  parameters: [
    ...parametersOf('path', operation.params),
    ...parametersOf('query', operation.query),
    ...(operation.body ? [idempotencyKey] : []),
    ...(operation.contentType === 'text/event-stream' ? [lastEventId] : []),
  ],
  ...(operation.body ? { requestBody: bodyOf(operation.body) } : {}),
  responses: {
    [operation.status]: {
      description: operation.status === 204 ? 'Done.' : 'The answer.',
      ...contentOf(operation),
    },
    default: { description: 'An error.' },
  },
});

const header = (name: string, description: string) => ({
  name,
  in: 'header',
  required: false,
  description,
  schema: { type: 'string' },
});

const idempotencyKey = header(
  'Idempotency-Key',
  'The same request with the same key is made once.',
);
const lastEventId = header('Last-Event-ID', 'The id of the last event that was seen.');

function parametersOf(place: 'path' | 'query', schema: z.ZodType | undefined) {
  if (schema === undefined) return [];
  const { properties, required } = Properties.parse(jsonSchemaOf(schema, 'input'));
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }));
}

const Properties = z.object({
  properties: z.record(z.string(), z.unknown()).default({}),
  required: z.array(z.string()).default([]),
});

const bodyOf = (schema: z.ZodType) => ({
  required: !schema.safeParse(undefined).success,
  content: { 'application/json': { schema: jsonSchemaOf(schema, 'input') } },
});

function contentOf({ response, contentType }: Operation) {
  if (response !== undefined)
    return { content: { 'application/json': { schema: jsonSchemaOf(response, 'output') } } };
  if (contentType === undefined) return {};
  const [type = contentType] = contentType.split(';');
  return { content: { [type]: { schema: { type: 'string' } } } };
}

/** What a schema cannot say as JSON Schema is left open, and so is JSON of any kind, which refers to itself. */
function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const described = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  const text = JSON.stringify({ ...described, $schema: undefined, $defs: undefined }, (_, value) =>
    Reference.safeParse(value).success ? {} : value,
  );
  return JsonSchema.parse(JSON.parse(text));
}

const JsonSchema = z.record(z.string(), z.unknown());
type JsonSchema = z.infer<typeof JsonSchema>;
const Reference = z.object({ $ref: z.string() });
