import * as z from 'zod';
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
  const raw = operation.body === undefined ? undefined : readBody(operation, event);
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

function readBody({ body: schema, mediaIn }: Operation, event: ApiEvent): unknown {
  const text = event.isBase64Encoded
    ? Buffer.from(event.body ?? '', 'base64').toString()
    : (event.body ?? '');
  if (text === '' && schema?.safeParse(undefined).success) return undefined;
  const value = parseJson(text);
  // Characters are at most as many as bytes, so that most bodies need no count.
  if (text.length * 4 > largestBodyBytes) checkSize(text, value, mediaIn);
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

function checkSize(text: string, value: unknown, mediaIn: Operation['mediaIn']): void {
  const media = nestedToAPoint(() =>
    mediaIn === undefined
      ? Buffer.byteLength(JSON.stringify(partOf(value, ['media'])) ?? '')
      : mediaBytes(partOf(value, mediaIn)),
  );
  if (media > largestInlineMediaBytes)
    throw new ApiError('payload_too_large', 'Inline media are limited to 4.5 MB; give a URL.');
  if (Buffer.byteLength(text) - media > largestBodyBytes)
    throw new ApiError('payload_too_large', 'The body is limited to 256 KB apart from media.');
}

const Part = z.record(z.string(), z.unknown());

function partOf(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return value;
  const part = Part.safeParse(value);
  return part.success && Object.hasOwn(part.data, name) ? partOf(part.data[name], rest) : undefined;
}

/** What a text of everyday length has is no medium. */
const shortestMediumBytes = 1024;

/** Media that lie among other things are what is long and has no white space. */
function mediaBytes(value: unknown): number {
  if (typeof value === 'string')
    return value.length >= shortestMediumBytes && !/\s/.test(value) ? Buffer.byteLength(value) : 0;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, one) => sum + mediaBytes(one), 0);
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
