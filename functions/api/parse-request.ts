import type * as z from 'zod';
import { fingerprintOf } from '#core/fingerprint.ts';
import type { IdempotencyClaim } from '#core/idempotency/idempotency.ts';
import type { FieldError } from '#core/run/run-error.ts';
import { ApiError } from './api-error.ts';
import { type ApiEvent, headerOf } from './api-event.ts';
import type { Operation } from './contract.ts';

/** Apart from `media`: what queues, checkpoints and prompts have to carry. */
const largestBodyBytes = 256 * 1024;
const largestInlineMediaBytes = 4.5 * 1024 * 1024;

/** @throws ApiError invalid_request, malformed_json, payload_too_large */
export function parseRequest(operation: Operation, event: ApiEvent) {
  const raw =
    operation.body === undefined ? undefined : readBody(operation.body, operation.form, event);
  const params = parse(operation.params, decodeAll(event.pathParameters ?? {}), 'path');
  const query = parse(operation.query, queryOf(operation, event), 'query');
  const body = parse(operation.body, raw, 'body');
  const claim = (key: string) => claimOf(operation, key, { params, body: raw });
  const key = headerOf(event, 'idempotency-key');
  const idempotency = key === undefined || operation.body === undefined ? undefined : claim(key);
  return { params, query, body, idempotency, claim };
}

/** What may come several times is an array, whatever came; of the others the last one counts. */
function queryOf({ repeated = [] }: Operation, event: ApiEvent): Record<string, unknown> {
  const query: Record<string, unknown> = { ...event.queryStringParameters };
  for (const name of repeated) {
    const values = event.multiValueQueryStringParameters?.[name];
    if (values) query[name] = values;
  }
  return query;
}

type Place = NonNullable<FieldError['in']>;

function parse(schema: z.ZodType | undefined, value: unknown, place: Place): unknown {
  if (schema === undefined) return undefined;
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  throw invalidRequest(
    result.error.issues.map((issue) => ({
      in: place,
      field: nameOf(issue.path) || place,
      message: issue.message,
      input: issue.input,
    })),
  );
}

const invalidRequest = (fields: readonly FieldError[]) =>
  new ApiError(
    'invalid_request',
    fields.map(({ field, message }) => `${field}: ${message}`).join('; '),
    { fields },
  );

/** `media[0].type`, as the caller would write it. */
const nameOf = (path: readonly PropertyKey[]) =>
  path.reduce<string>(
    (name, key) =>
      typeof key === 'number' ? `${name}[${key}]` : name ? `${name}.${String(key)}` : String(key),
    '',
  );

function decodeAll(params: Record<string, string | undefined>) {
  try {
    return Object.fromEntries(
      Object.entries(params).map(([name, value]) => [name, decodeURIComponent(value ?? '')]),
    );
  } catch {
    throw new ApiError('route_not_found', 'The path is not well encoded.');
  }
}

function readBody(schema: z.ZodType, isForm: boolean | undefined, event: ApiEvent): unknown {
  const text = event.isBase64Encoded
    ? Buffer.from(event.body ?? '', 'base64').toString()
    : (event.body ?? '');
  if (text === '' && schema.safeParse(undefined).success) return undefined;
  const value = isForm ? Object.fromEntries(new URLSearchParams(text)) : parseJson(text);
  // Characters are at most as many as bytes, so that most bodies need no count.
  if (text.length * 4 > largestBodyBytes) checkSize(text, value);
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError('malformed_json', 'The body is not valid JSON.');
  }
}

/** What is nested thousands deep is no request of anybody's. */
function nestedToAPoint<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw invalidRequest([{ field: 'body', message: 'is nested too deeply' }]);
  }
}

function checkSize(text: string, value: unknown): void {
  const media =
    typeof value === 'object' && value !== null && 'media' in value
      ? Buffer.byteLength(nestedToAPoint(() => JSON.stringify(value.media)))
      : 0;
  if (media > largestInlineMediaBytes)
    throw new ApiError('payload_too_large', 'Inline media are limited to 4.5 MB; give a URL.');
  if (Buffer.byteLength(text) - media > largestBodyBytes)
    throw new ApiError('payload_too_large', 'The body is limited to 256 KB apart from media.');
}

const keyPattern = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/;

function claimOf(operation: Operation, key: string, request: unknown): IdempotencyClaim {
  if (!keyPattern.test(key))
    throw invalidRequest([
      {
        in: 'header',
        field: 'Idempotency-Key',
        message: 'must be 1 to 255 printable ASCII characters',
        input: key,
      },
    ]);
  return {
    route: `${operation.method} ${operation.path}`,
    key,
    fingerprint: nestedToAPoint(() => fingerprintOf(request)),
  };
}
