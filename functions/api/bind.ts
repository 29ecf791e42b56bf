import type { Route } from '@middy/http-router';
import type { RunDeps } from '#core/run/deps.ts';
import type { RunError } from '#core/run/run-error.ts';
import { ApiError, type ErrorEncoder, isCallersError, statusByCode } from './api-error.ts';
import { type ApiEvent, type ApiResult, baseUrlOf, headerOf } from './api-event.ts';
import type { Authenticate } from './authenticate.ts';
import type {
  Contract,
  Operation,
  OperationReply,
  OperationRequest,
  Operations,
} from './contract.ts';
import { parseRequest } from './parse-request.ts';

export interface BindDeps extends Pick<RunDeps, 'log'> {
  readonly authenticate: Authenticate;
  /** @default - the request's host and stage */
  readonly publicBaseUrl?: string | undefined;
}

type AnyOperation = (request: OperationRequest) => Promise<OperationReply<unknown>>;

/** Turns a dialect into routes that authenticate, parse, call, and encode. */
export function bind<C extends Contract>(
  deps: BindDeps,
  contract: C,
  operations: Operations<C>,
  encodeError: ErrorEncoder,
): Route<ApiEvent, ApiResult>[] {
  return Object.entries(contract).map(([name, operation]) => ({
    method: operation.method,
    path: operation.path,
    handler: async (event: ApiEvent) => {
      try {
        // The contract's types tie the two together; by name they are found here.
        return await serve(deps, operation, operations[name] as unknown as AnyOperation, event);
      } catch (error) {
        return failure(deps, error, encodeError);
      }
    },
  }));
}

const nobody = { orgId: '', userId: '', name: '' };

async function serve(
  deps: BindDeps,
  operation: Operation,
  run: AnyOperation,
  event: ApiEvent,
): Promise<ApiResult> {
  const principal = operation.open ? nobody : await deps.authenticate(event);
  const { params, query, body, idempotency, claim } = parseRequest(operation, event);
  const reply = await run({
    // Parsed by the schemas that give them their types in the contract.
    ...({ params, query, body } as Pick<OperationRequest, 'params' | 'query' | 'body'>),
    idempotency,
    claim,
    principal,
    lastEventId: headerOf(event, 'last-event-id'),
    userAgent: headerOf(event, 'user-agent'),
    baseUrl: baseUrlOf(event, deps.publicBaseUrl),
    signal: event.gone ?? new AbortController().signal,
  });
  return toResult(deps, operation, reply);
}

function toResult(
  deps: Pick<BindDeps, 'log'>,
  operation: Operation,
  { body, headers, status }: OperationReply<unknown>,
): ApiResult {
  const statusCode = status ?? operation.status;
  const head = { 'content-type': operation.contentType ?? 'application/json', ...headers };
  if (isStream(body)) return { statusCode, headers: head, body: '', stream: logged(deps, body) };
  if (typeof body === 'string' && operation.response === undefined)
    return { statusCode, headers: head, body };
  if (operation.response === undefined || body === undefined)
    return { statusCode, headers: { ...headers }, body: '' };
  return { statusCode, headers: head, body: JSON.stringify(operation.response.parse(body)) };
}

/** A stream that breaks has begun to answer: all that is left is to say so in the log. */
async function* logged(deps: Pick<BindDeps, 'log'>, stream: AsyncIterable<string>) {
  try {
    yield* stream;
  } catch (error) {
    logBug(deps, error);
    throw error;
  }
}

function logBug(deps: Pick<BindDeps, 'log'>, error: unknown): void {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  deps.log('error', 'request failed', { error: message, stack });
}

const isStream = (body: unknown): body is AsyncIterable<string> =>
  typeof body === 'object' && body !== null && Symbol.asyncIterator in body;

const retryAfter = ({ details }: RunError): Record<string, string> =>
  details.retryAfterSeconds === undefined ? {} : { 'retry-after': `${details.retryAfterSeconds}` };

/** What the caller can act on in the dialect's words; anything else is a bug of ours, and logged. */
export function failure(
  deps: Pick<BindDeps, 'log'>,
  error: unknown,
  encodeError: ErrorEncoder,
): ApiResult {
  const known = isCallersError(error)
    ? error
    : new ApiError('internal_error', 'The service failed to serve this request.');
  if (known.code === 'internal_error') logBug(deps, error);
  const { body, contentType, status = statusByCode[known.code] } = encodeError(known);
  return {
    statusCode: status,
    headers: {
      'content-type': contentType,
      ...(known instanceof ApiError ? known.headers : retryAfter(known)),
    },
    body: JSON.stringify(body),
  };
}
